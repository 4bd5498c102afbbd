"""References to Vault: every syntax in use, read into one normal form, and re-pinned in place.

Sources: bank-vaults' `vault:` values, argocd-vault-plugin's `<path:…>`, vals' `ref+vault://`, and the
`with secret` of Vault Agent's templates. A text is a reference only if all of it is, but for the forms
that are meant to stand inside other text (`${vault:…}`, `<path:…>`, templates).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sealward.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEGMENT = r"(?!\.{1,2}(?![\w.@~+-]))[\w.@~+-]+"
"""No `.` and no `..`: HTTP clients resolve them, and the request would be for something else."""

_WHERE = rf"(?P<where>{_SEGMENT}(?:/{_SEGMENT})+)"
_KEY = r"(?P<key>[\w.@~+-]+|\$\{[^{}#]+\})"
_PIN = r"(?:#(?P<version>[1-9]\d{0,9}))?"
_VALUE = rf"(?:>>)?(?:vault|bao):{_WHERE}#{_KEY}{_PIN}"
_PATTERNS = {
    "bank-vaults": late(_VALUE, re.ASCII),
    "inline": late(rf"\$\{{{_VALUE}\}}", re.ASCII),
    "argocd": late(rf"<path:{_WHERE}#{_KEY}{_PIN}(?:\s*\|[^<>]*)?>", re.ASCII),
    "vals": late(
        rf"(?:secret)?ref\+vault://{_WHERE}(?:\?(?P<query>[^#\s]*))?#/?(?P<key>[\w.@~+-]+)", re.ASCII
    ),
    "template": late(
        rf"\{{\{{-?\s*with\s+secret\s+\"{_WHERE}(?:\?version=(?P<version>[1-9]\d{{0,9}}))?\"\s*-?\}}\}}"
        r".{0,200}?\.Data(?:\.data)?\.(?P<key>\w+).{0,2000}?\{\{-?\s*end\s*-?\}\}",
        re.ASCII | re.DOTALL,
    ),
}
_INSIDE = ("inline", "argocd", "template")
"""The syntaxes that may stand inside other text."""

_MARK = re.compile(r"vault:|bao:|<path:|ref\+vault:|with\s+secret")
_QUERY_VERSION = late(r"(?:^|&)version=([1-9]\d{0,9})(?=&|$)")
_ISSUERS = frozenset(
    ("creds", "static-creds", "static-cred", "issue", "sign", "sts", "token", "code", "key", "roleset")
)
"""Second path segments of engines that make a credential at each reading: no version exists."""


class Reference(NamedTuple):
    """Where a value lives. ``path`` is without KV v2's ``data/``; ``version`` is None where not pinned;
    ``syntax`` is one of ``bank-vaults inline argocd vals template``, with `` dynamic`` for an engine
    that makes the credential when it is read (``database/creds/bot``)."""

    mount: str
    path: str
    key: str
    version: int | None
    syntax: str

    @property
    def is_dynamic(self) -> bool:
        """Whether the engine makes a new credential at each reading."""
        return self.syntax.endswith(" dynamic")

    @property
    def secret(self) -> str:
        """``mount/path``, as people name the secret."""
        return f"{self.mount}/{self.path}"


def parse(text: str) -> Reference | None:
    """The reference that the whole of a text is, else None."""
    if not _MARK.search(text):
        return None
    for syntax, pattern in _PATTERNS.items():
        match = pattern.fullmatch(text)
        if match:
            return _reference(match, syntax)
    return None


def find_all(text: str) -> list[Reference]:
    """Every reference in a text: the whole of it, or the inline ones in it, in order."""
    return [reference for _, reference in _matches(text)]


def repin(text: str, secret: tuple[str, str], version: int, add: bool = False) -> str:
    """The same text, each pinned reference to ``secret`` (mount, path) now pinned to ``version``.

    A KV v2 version belongs to the whole secret, so all its keys move together. Unpinned references
    stay as they are, unless ``add`` says that they get a pin.
    """
    pieces: list[str] = []
    at = 0
    for match, found in _matches(text):
        if (found.mount, found.path) != secret or found.is_dynamic or not (found.version or add):
            continue
        start, end, before = _pin(match, found)
        pieces += [text[at:start], before, str(version)]
        at = end
    return "".join(pieces) + text[at:]


def secret_path(text: str) -> tuple[str, str]:
    """``secret/bot/binance`` or ``secret/data/bot/binance`` → (mount, path). The mount is what stands
    before ``data/``, else the first segment. Raises ValueError for anything else."""
    text = text.strip("/")
    mount, data, path = text.partition("/data/")
    if not data:
        mount, _, path = text.partition("/")
    if not re.fullmatch(rf"{_SEGMENT}(?:/{_SEGMENT})*", mount + "/" + path, re.ASCII) or not path:
        raise ValueError(f"{text!r} is no path of a secret (such as secret/bot/binance)")
    return mount, path


def _matches(text: str) -> Iterator[tuple[re.Match[str], Reference]]:
    if not _MARK.search(text):
        return
    for syntax, pattern in _PATTERNS.items():
        match = pattern.fullmatch(text)
        reference = _reference(match, syntax) if match else None
        if match and reference:
            yield match, reference
            return
    found = [
        (match, reference)
        for syntax in _INSIDE
        for match in _PATTERNS[syntax].finditer(text)
        if (reference := _reference(match, syntax))
    ]
    yield from sorted(found, key=lambda pair: pair[0].start())


def _reference(match: re.Match[str], syntax: str) -> Reference | None:
    where, key = match["where"], match["key"]
    if syntax == "vals":
        mount, _, path = where.partition("/")
        pin = _QUERY_VERSION.search(match["query"] or "")
        if pin is None and "version=" in (match["query"] or ""):
            return None
        version = int(pin[1]) if pin else None
    else:
        mount, data, path = where.partition("/data/")
        version = int(match["version"]) if match["version"] else None
        if not data:
            mount, _, path = where.partition("/")
    if path.partition("/")[0] in _ISSUERS and (syntax == "vals" or "/data/" not in where):
        return Reference(mount, path, key, None, f"{syntax} dynamic") if version is None else None
    if syntax != "vals" and "/data/" not in where:
        return None
    return Reference(mount, path, key, version, syntax)


def _pin(match: re.Match[str], found: Reference) -> tuple[int, int, str]:
    """Where the number of a pin begins and ends, and what has to stand before a new one."""
    if found.syntax != "vals":
        if found.version:
            return *match.span("version"), ""
        end = match.end("where" if found.syntax == "template" else "key")
        return end, end, "?version=" if found.syntax == "template" else "#"
    pin = _QUERY_VERSION.search(match["query"] or "")
    if pin:
        start = match.start("query")
        return start + pin.start(1), start + pin.end(1), ""
    if match["query"] is None:
        return match.end("where"), match.end("where"), "?version="
    return match.end("query"), match.end("query"), "&version=" if match["query"] else "version="
