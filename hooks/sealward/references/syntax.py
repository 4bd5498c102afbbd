"""The one reader of references to Vault: text in, references out; and pins renewed in place.

Every syntax in use is read into one normal form, whatever stands around it: bank-vaults' ``vault:…`` and
``${vault:…}``, vals' ``ref+vault://…``, argocd-vault-plugin's ``<path:…>``, templates of Vault Agent and
consul-template; and each of them in Base64, as ``data`` of a Kubernetes Secret has it. One module a syntax
names its source. No server is asked, and the time is linear in the text.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

from sealward.patterns import late
from sealward.references import bank_vaults
from sealward.references.reference import HERE, Home, Reference, segments

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from sealward.references.reference import Match

__all__ = [
    "Reference",
    "decoded",
    "find_all",
    "is_ciphertext",
    "levelled",
    "parse",
    "read",
    "repin",
    "secret_path",
]

_START = late(
    r"(?P<vals>(?:secret)?ref\+(?:vault|openbao)://)|(?P<inline>\$\{>{0,2}(?:vault|bao):)"
    r"|(?P<value>(?:>>)?(?:vault|bao):)|(?P<argocd><path:)"
)
_BASE64 = late(r"[A-Za-z0-9+/]{4}[A-Za-z0-9+/\s]*={0,2}\s*")
_TRANSIT = late(r"vault:v[1-9][0-9]*:[A-Za-z0-9+/]{38,}={0,2}")
_SHORTEST = 16
"""Characters of Base64 that can hold a reference."""


def parse(text: str) -> Reference | None:
    """The reference that the whole of a text is, else None; of several keys of one secret the first."""
    inner = decoded(text) or text
    found = _matches(inner)
    if (
        len(found) == 1
        and not found[0].problem
        and (found[0].start, found[0].end) == (0, len(inner.rstrip()))
    ):
        return found[0].references[0]
    return None


def find_all(text: str) -> list[Reference]:
    """Every reference in a text, in order: the whole of it, those in it, those in what Base64 hides."""
    return [reference for match in read(text) for reference in match.references]


def read(text: str) -> list[Match]:
    """The same with where each stands: in the text, or in what it is Base64 of."""
    return _matches(text) or _matches(decoded(text))


def repin(text: str, secret: tuple[str, str], version: int, add: bool = False, home: Home = HERE) -> str:
    """The same text, each pinned reference to ``secret`` (mount, path) now pinned to ``version``.

    A KV v2 version belongs to the whole secret, so all its keys move together. Unpinned references
    stay as they are, unless ``add`` says that they get a pin; so do those that name another server or
    namespace than those of ``home``, as nobody here has written there.
    """
    name = "/".join(secret)

    def is_wanted(one: Reference) -> bool:
        here = one.secret == name and not one.seen_from(home).is_elsewhere
        return here and bool(one.version or add)

    return _rewritten(text, is_wanted, version)


def levelled(text: str, home: Home = HERE) -> str:
    """The text with every reference pinned to one and the same version, but for those to another server or
    namespace than those of ``home``: what differs still was edited."""
    return _rewritten(text, lambda one: not one.seen_from(home).is_elsewhere, 1)


def is_ciphertext(text: str) -> bool:
    """Whether a text is what Vault's transit engine makes of a plaintext: ``vault:v1:…``."""
    return text.startswith("vault:v") and _TRANSIT.fullmatch(text.strip()) is not None


def secret_path(text: str) -> tuple[str, str]:
    """``secret/bot/binance`` or ``secret/data/bot/binance`` → (mount, path).

    The mount is what stands before ``data/``, else the first segment. Raises ValueError for anything else.
    """
    text = text.strip("/")
    mount, data, path = text.partition("/data/")
    if not data:
        mount, _, path = text.partition("/")
    if not path or segments(f"{mount}/{path}") is None:
        raise ValueError(f"{text!r} is not the path of a secret (such as secret/bot/binance)")
    return mount, path


def _rewritten(text: str, wanted: Callable[[Reference], bool], version: int) -> str:
    found = _matches(text)
    inner = "" if found else decoded(text)
    pieces: list[str] = []
    at, source = 0, inner or text
    for match in _matches(inner) if inner else found:
        one = match.references[0]
        if one.is_versioned and wanted(one):
            start, end = match.pin
            pieces += [source[at:start], match.before, str(version)]
            at = end
    if not pieces:
        return text
    new = "".join(pieces) + source[at:]
    return _encoded(new, text) if inner else new


def _matches(text: str) -> list[Match]:
    templated = "{{" in text and "secret" in text
    if not (templated or "vault:" in text or "bao:" in text or "<path:" in text):
        return []
    whole = bank_vaults.whole(text)
    if whole is not None:
        return [whole]
    found = _templates(text) if templated else []
    at = 0
    for start in _START.finditer(text):
        match = _one(text, start) if start.start() >= at else None
        if match is not None:
            found.append(match)
            at = match.end
    return sorted(found, key=lambda match: match.pin)


def _one(text: str, start: re.Match[str]) -> Match | None:
    at = start.start()
    if start["vals"]:
        from sealward.references import vals

        return vals.read(text, at)
    if start["inline"]:
        return bank_vaults.inline(text, at)
    if start["argocd"]:
        from sealward.references import argocd

        return argocd.read(text, at)
    return bank_vaults.inside(text, at, start.end())


def _templates(text: str) -> list[Match]:
    from sealward.references import templates

    return templates.read(text)


def decoded(text: str) -> str:
    """What a text is Base64 of, if that is text; else empty."""
    if len(text) < _SHORTEST or not _BASE64.fullmatch(text):
        return ""
    try:
        return binascii.a2b_base64("".join(text.split())).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _encoded(inner: str, like: str) -> str:
    """Base64 again, its lines as long as they were, with what blanks stood around it."""
    new = binascii.b2a_base64(inner.encode(), newline=False).decode()
    lines = like.split()
    if len(lines) > 1:
        width, gap = len(lines[0]), like[like.find(lines[0]) + len(lines[0]) : like.find(lines[1])]
        new = gap.join(new[at : at + width] for at in range(0, len(new), width))
    begin = like[: len(like) - len(like.lstrip())]
    return begin + new + like[len(like.rstrip()) :]
