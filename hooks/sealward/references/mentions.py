"""Where a text that nobody re-pins speaks of a secret: references in manifests, and the ways in which
operators of Kubernetes name a secret and its version in fields of their own.

Sources: ExternalSecret's ``remoteRef`` and ``extract`` (external-secrets.io), VaultStaticSecret's ``mount``,
``path`` and ``version`` (Vault Secrets Operator), the annotations ``avp.kubernetes.io/path`` and
``secret-version`` of argocd-vault-plugin. Text in, places out; lines are read one by one, nothing is parsed.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sealward.patterns import late
from sealward.references.reference import version_of
from sealward.references.syntax import read

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKS = re.compile(rb"vault:|bao:|<path:|ref\+openbao:|secret|remoteRef|extract:|avp\.kubernetes\.io")
_BLOCK = late(
    r"^(?P<indent>[ \t]*(?:-[ \t]+)*)(?:remoteRef|extract):[ \t]*(?P<flow>\{[^\n]*)?$", re.MULTILINE
)
_FIELD = late(r"(?:^|[{,\s])[\"']?(?P<name>key|version|mount|path)[\"']?:[ \t]*[\"']?(?P<value>[^\"',}\s#]+)")
_ANNOTATION = late(
    r"avp\.kubernetes\.io/(?P<name>path|secret-version)[\"']?:[ \t]*[\"']?(?P<value>[^\"'\s#]+)"
)
_DOCUMENT = late(r"^---", re.MULTILINE)
_OPERATOR = late(r"^kind:[ \t]*[\"']?VaultStaticSecret", re.MULTILINE)
_LONGEST_BLOCK = 12
"""Lines of an ExternalSecret's reference; it has seven fields at most."""


class Mention(NamedTuple):
    """A line that speaks of a secret, as the text names it, and the version that it pins (None: none)."""

    line: int
    secret: str
    version: int | None


def pins(text: str) -> list[Mention]:
    """Every secret whose version a text pins, in order of the lines."""
    lines = _Lines(text)
    found = [
        Mention(lines.at(match.pin[0]), one.secret, one.version)
        for match in (read(text) if "\n" in text or ":" in text else [])
        for one in match.references[:1]
        if one.version is not None
    ]
    found += [one for one in _fields(text, lines) if one.version is not None]
    return sorted(found)


def mentions(text: str, mount: str, path: str) -> list[Mention]:
    """Every line that names one secret, with or without ``data/``, pinned or not."""
    if path not in text:
        return []
    lines = _Lines(text)
    names = f"{re.escape(mount)}/(?:data/)?{re.escape(path)}"
    pattern = re.compile(rf"(?:(?<![\w./-])/?|(?<=/v1/))(?:{names})(?![\w/-]|\.\w)")
    found = {lines.at(match.start()): None for match in pattern.finditer(text)}
    for one in _fields(text, lines):
        if one.secret.strip("/") in (path, f"data/{path}", f"{mount}/{path}", f"{mount}/data/{path}"):
            found.setdefault(one.line)
    known = {one.line: one.version for one in pins(text)}
    return [Mention(line, f"{mount}/{path}", known.get(line)) for line in sorted(found)]


class _Lines:
    """Numbers of lines by place; asked in any order, each at little cost."""

    def __init__(self, text: str) -> None:
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def at(self, place: int) -> int:
        from bisect import bisect_left

        return bisect_left(self._ends, place) + 1


def _fields(text: str, lines: _Lines) -> Iterator[Mention]:
    if "remoteRef" in text or "extract" in text:
        yield from _external(text, lines)
    if "VaultStaticSecret" not in text and "avp.kubernetes.io/path" not in text:
        return
    starts = [0, *(match.start() for match in _DOCUMENT.finditer(text)), len(text)]
    for begin, end in pairwise(starts):
        document = text[begin:end]
        pattern = _FIELD if _OPERATOR.search(document) else _ANNOTATION
        values = {one["name"]: (one["value"], one.start("value")) for one in pattern.finditer(document)}
        if "path" in values:
            where, at = values["path"]
            mount = f"{values['mount'][0]}/" if "mount" in values else ""
            version = values.get("version") or values.get("secret-version") or ("", 0)
            yield Mention(lines.at(begin + at), f"{mount}{where}", version_of(version[0]))


def _external(text: str, lines: _Lines) -> Iterator[Mention]:
    for block in _BLOCK.finditer(text):
        body, at = block["flow"], block.start("flow")
        if body is None:
            at = block.end() + 1
            body = _indented(text, at, len(block["indent"]))
        values = {one["name"]: (one["value"], one.start("value")) for one in _FIELD.finditer(body)}
        if "key" in values:
            key, place = values["key"]
            yield Mention(lines.at(at + place), key, version_of(values.get("version", ("", 0))[0]))


def _indented(text: str, at: int, depth: int) -> str:
    """The lines from here on that are indented deeper."""
    begin = at
    for _ in range(_LONGEST_BLOCK):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        if line.strip() and len(line) - len(line.lstrip()) <= depth:
            break
        at = end + 1
        if at >= len(text):
            break
    return text[begin:at]
