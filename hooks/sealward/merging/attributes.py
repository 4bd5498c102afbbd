"""The block of ours in ``.gitattributes``: which files git hands to Sealward for merges and diffs. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.globs import path_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

BEGIN = "# >>> sealward"
END = "# <<< sealward"
_ATTRIBUTES = "merge=sealward diff=sealward"

_BLOCK = re.compile(rf"(?m)^{BEGIN}[^\n]*\n(?:.*\n)*?{END}[^\n]*(?:\n|\Z)")
_OPTIONAL = re.compile(r"(\w)\?")
_CHOICE = re.compile(r"\((?:\?:)?([\w.|\\-]*)\)")
_PLAIN = re.compile(r"[\w./*-]+")


def with_block(text: str, lines: Iterable[str]) -> str:
    """A ``.gitattributes`` with our block, in the place of an older one or at the end."""
    block = "\n".join([f"{BEGIN} (made by `sealward git install --attributes`)", *lines, END]) + "\n"
    if _BLOCK.search(text):
        return _BLOCK.sub(lambda _: block, text, count=1)
    gap = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{gap}{block}"


def without_block(text: str) -> str:
    """A ``.gitattributes`` without our block."""
    return _BLOCK.sub("", text)


def lines_for(regexes: Iterable[str], sealed: Iterable[str]) -> list[str]:
    """The lines: the patterns of creation rules that are globs, then each sealed path that none of them
    covers."""
    globs = list(dict.fromkeys(glob for regex in regexes for glob in globs_of(regex)))
    matchers = [path_pattern(glob) for glob in globs]
    others = [path for path in sealed if not any(one.fullmatch(path) for one in matchers)]
    return [f"{pattern} {_ATTRIBUTES}" for pattern in (*globs, *map(quoted, sorted(others)))]


def globs_of(regex: str) -> list[str]:
    """The globs of git that match what a ``path_regex`` matches; none where it is not one of the usual
    forms."""
    ends = regex.endswith("$") and not regex.endswith("\\$")
    regex = regex.removesuffix("$")
    anchored = regex.startswith("^")
    regex = regex.removeprefix("^").removeprefix("(^|/)").removeprefix("(?:^|/)")
    found = []
    for text in _spelled([regex]):
        glob = text.replace(".*", "\0").replace("\\.", "\1")
        if "." in glob:
            return []
        glob = glob.replace("\0", "*").replace("\1", ".")
        if not _PLAIN.fullmatch(glob) or "**" in glob:
            return []
        if not anchored and not glob.startswith("*"):
            glob = f"*{glob}"
        glob = glob if ends or glob.endswith("*") else f"{glob}*"
        if "/" in glob:
            return []
        found.append(glob)
    return found


def _spelled(texts: list[str]) -> list[str]:
    """Alternatives and optional letters written out."""
    for _ in range(8):
        following = []
        for text in texts:
            choice, optional = _CHOICE.search(text), _OPTIONAL.search(text)
            if choice:
                words = choice[1].split("|")
                following += [text[: choice.start()] + word + text[choice.end() :] for word in words]
            elif optional:
                kept = [optional[1], ""]
                following += [text[: optional.start()] + one + text[optional.end() :] for one in kept]
            else:
                following.append(text)
        if following == texts:
            break
        texts = following[:64]
    return texts


def quoted(path: str) -> str:
    """A path as a pattern that matches nothing else: from the top, in quotes where it needs them."""
    pattern = "/" + "".join(f"\\{one}" if one in "*?[\\" else one for one in path)
    if all(one.isprintable() and one not in ' "' for one in pattern):
        return pattern
    data = pattern.encode("utf-8", "surrogateescape")
    shown = "".join(
        {34: '\\"', 92: "\\\\"}.get(byte, chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in data
    )
    return f'"{shown}"'
