"""Which versions of secrets a file that is not sealed uses: a manifest, a template, Helm values, a Kubernetes
Secret with references in Base64, whatever the file's format is."""

from __future__ import annotations

import binascii
import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sealward.patterns import late
from sealward.references.mentions import pins
from sealward.references.syntax import decoded, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealward.references.syntax import Reference

_RUN = late(r"[A-Za-z0-9+/]{16,}={0,2}(?:[ \t]*\r?\n[ \t]*[A-Za-z0-9+/]{4,}={0,2})*")
_MARKS = ("vault:", "bao:", "<path:", "secret", "ref+")
_VERSION = r"version[\"']?[ \t]*[=:][ \t]*[\"']?([1-9][0-9]{0,8})"


class Use(NamedTuple):
    """A line that uses a version of a secret (``mount/path``, as the text names it)."""

    line: int
    secret: str
    version: int


def uses(text: str, settle: Callable[[Reference], Reference] = lambda one: one) -> list[Use]:
    """Every pin of a text, and every pin in what stands in it in Base64; those that name a server or a
    namespace themselves are left out. ``settle`` gives each as the server knows it."""
    matches = read(text)
    direct = [(match.pin[0], settle(one)) for match in matches for one in match.references]
    elsewhere = {one.secret for _, one in direct if one.is_elsewhere}
    found = dict.fromkeys(
        Use(one.line, one.secret, one.version)
        for one in pins(text)
        if one.version is not None and one.secret not in elsewhere
    )
    ends = [match.start() for match in re.finditer("\n", text)]
    hidden = [
        (at, settle(one)) for at, inner in _hidden(text) for match in read(inner) for one in match.references
    ]
    for at, one in [*direct, *hidden]:
        if one.version is not None and not one.is_elsewhere:
            found.setdefault(Use(bisect_left(ends, at) + 1, one.secret, one.version))
    return sorted(found)


def spoken(text: str, mount: str, path: str) -> list[Use]:
    """Every line that names a secret, and a version in words of its own: an address of the API, a command
    line, a data source of Terraform."""
    name = rf"(?<![\w.-]){re.escape(mount)}/(?:data/)?{re.escape(path)}(?![\w/-]|\.\w)"
    behind = re.compile(rf"{name}[^\n]{{0,200}}?{_VERSION}")
    before = re.compile(rf"{_VERSION}\b[^\n]{{0,80}}?{name}")
    if path not in text:
        return []
    found: dict[Use, None] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if path in line and not _is_elsewhere(line):
            for pattern in (behind, before):
                for match in pattern.finditer(line[:10_000]):
                    found[Use(number, f"{mount}/{path}", int(match[1]))] = None
    return sorted(found)


def _is_elsewhere(line: str) -> bool:
    return any(one.is_elsewhere for match in read(line) for one in match.references)


@lru_cache(1)
def fragments() -> re.Pattern[bytes]:
    """What stands in Base64 of anything that holds a reference, at each of three offsets; line breaks and
    blanks are to be taken out before."""
    found = set()
    for mark in _MARKS:
        for offset in range(3):
            encoded = binascii.b2a_base64(b"\0" * offset + mark.encode() + b"\0\0", newline=False)
            found.add(encoded[(offset * 8 + 5) // 6 : (offset + len(mark)) * 8 // 6])
    return re.compile(b"|".join(map(re.escape, sorted(found))))


def _hidden(text: str) -> Iterator[tuple[int, str]]:
    """What Base64 in a text says, where that may hold a reference: a block as a whole, and its lines."""
    for run in _RUN.finditer(text):
        block = run[0]
        pieces = [block, *block.split()] if "\n" in block else [block]
        for piece in pieces:
            inner = decoded(piece)
            if inner and any(mark in inner for mark in _MARKS):
                yield run.start(), inner
                break
