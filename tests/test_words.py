"""What people read is plain English, in lines that fit a screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
DOCUMENTS = sorted([*TOP.glob("*.md"), *TOP.glob("docs/**/*.md"), *TOP.glob("vault/*.md")])
CODE = sorted(TOP.glob("hooks/sealward/**/*.py"))

PLAIN = {
    r"anew": "again",
    r"mend(s|ed|ing)?": "fix",
    r"hardly": "rarely",
    r"tells?|told": "report, say",
    r"(is|are|be) none": "is not a …",
    r"is no (valid|file|folder|list|mapping|KV)": "is not a …",
    r"begun": "started",
}
"""What is not written, and what is."""
_UNPLAIN = re.compile("|".join(rf"\b{word}\b" for word in PLAIN))
_THERE = re.compile(r"\bthere (is|are) none\b|\bthis is none of\b")


def unplain(text: str) -> list[str]:
    """The words of a text that have a plainer one."""
    return [match[0] for match in _UNPLAIN.finditer(_THERE.sub("", text))]


@pytest.mark.parametrize("file", [*DOCUMENTS, *CODE], ids=lambda file: str(file.relative_to(TOP)))
def test_words_are_plain(file: Path) -> None:
    assert unplain(file.read_text(encoding="utf-8")) == []


def too_long(text: str) -> list[int]:
    """The numbers of lines of prose over 100 columns: not those of tables and of code."""
    found, in_code = [], False
    for number, line in enumerate(text.splitlines(), 1):
        in_code ^= line.lstrip().startswith("```")
        if len(line) > 100 and not in_code and not line.startswith("|"):
            found.append(number)
    return found


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: str(file.relative_to(TOP)))
def test_lines_fit(file: Path) -> None:
    assert too_long(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("it is encrypted anew", ["anew"]),
        ("this is none that counts", ["is none"]),
        ("None where there is none", []),
        ("amend a recommended commit", []),
    ],
)
def test_an_unplain_word_is_seen(text: str, found: list[str]) -> None:
    assert unplain(text) == found


def test_a_long_line_is_seen() -> None:
    line = "x" * 101
    assert too_long(f"{line}\n```\n{line}\n```\n| {line} |\n{line[1:]}\n") == [1]
