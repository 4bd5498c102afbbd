"""Patterns of paths and of key paths, as people write them; matched in linear time, whatever they are.

A repository brings both the pattern and the path, so they are translated for RE2: a chain of ``*`` would
take Python's own engine for ever.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.patterns import late, linear

if TYPE_CHECKING:
    from sealward.patterns import Late, Pattern

_PATH_PIECES = late(r"(\*\*/|/\*\*$|\*\*|\*|\?)")
_PATH = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_KEY_PIECES = late(r"(\*\*|\*)")
_KEY = {"**": ".*", "*": "[^.]*"}
_STARS = late(r"\*{3,}")


def path_pattern(pattern: str) -> Pattern:
    """A pattern of paths: ``*`` and ``?`` stay within a folder, ``**`` crosses folders, and one without a
    slash matches in every folder, as in .gitignore."""
    text = _translated(_PATH_PIECES, _PATH, _STARS.sub("**", pattern.removeprefix("/")))
    return linear(text if "/" in pattern else f"(?:.*/)?{text}", re.DOTALL)


def key_pattern(pattern: str) -> Pattern:
    """A pattern of key paths (``db.hosts[0].name``): ``*`` is one step and its indexes, ``**`` any number."""
    return linear(_translated(_KEY_PIECES, _KEY, _STARS.sub("**", pattern)), re.DOTALL)


def _translated(pieces: Late, kinds: dict[str, str], pattern: str) -> str:
    return "".join(kinds.get(piece) or _escaped(piece) for piece in pieces.split(pattern))


def _escaped(text: str) -> str:
    """A text that stands for itself: RE2 takes no backslash before a line break."""
    return "".join(one if one.isalnum() or one == "_" else f"\\x{{{ord(one):x}}}" for one in text)
