"""Where things stand in the text of a sealed file; found by plain patterns, not by the reader under test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.corpus.sealed import Sealed

VALUE = re.compile(r"ENC\[AES256_GCM,data:([^,\]]+),iv:([^,\]]+),tag:([^,\]]+),type:([a-z]+)\]")
_BLOCKS = {
    "yaml": re.compile(r"^sops:\n(?:(?:[ #].*)?\n)*", re.MULTILINE),
    "json": re.compile(r",\s*\"sops\": \{.*\}(?=\s*\})", re.DOTALL),
    "binary": re.compile(r",\s*\"sops\": \{.*\}(?=\s*\})", re.DOTALL),
    "dotenv": re.compile(r"^(?:sops_.*\n)+", re.MULTILINE),
    "ini": re.compile(r"^\[sops\]\n(?:.*\n?)*", re.MULTILINE),
}


def blocks(sealed: Sealed) -> list[tuple[int, int]]:
    """The spans of the metadata blocks: several in YAML with several documents."""
    return [match.span() for match in _BLOCKS[sealed.store].finditer(sealed.data.decode())]


def values(sealed: Sealed) -> list[re.Match[str]]:
    """The encrypted values, comments and metadata left out."""
    hidden = blocks(sealed)
    return [
        match
        for match in VALUE.finditer(sealed.data.decode())
        if match[4] != "comment" and not any(start <= match.start() < end for start, end in hidden)
    ]


def field(store: str, name: str) -> str:
    """A pattern for a metadata field with its value; group 1 is the value as written."""
    if store == "yaml":
        return rf"^    {name}: (.*)\n"
    if store in ("json", "binary"):
        return rf"\"{name}\": (\"[^\"]*\"|\[[^\]]*\]|true),?\s*"
    return rf"^{'sops_' if store == 'dotenv' else ''}{name}\s*=[ ]?(.*)\n"


def line_of(sealed: Sealed, match: re.Match[str]) -> tuple[int, int]:
    """The span of the whole line (with its newline) around a match."""
    text = sealed.data.decode()
    start = text.rfind("\n", 0, match.start()) + 1
    return start, text.find("\n", match.end()) + 1
