"""Seed phrases (BIP-39) in every language that has a list: known by their words, and by their checksum."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sealward.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = late(r"[^\W\d_]+")
_BETWEEN = late(r"(?:[ ,;|\"'\[\]]|\b\d{1,2}(?:[.):]|\b))+")
_BLANKS = late(r"\s+")
_WIDEST = 12
"""Characters between two words of a phrase, blanks taken as one."""

_EAST_ASIAN = "\u2fff"
"""Words of the scripts beyond are short; no list has another of fewer than three letters."""

_LENGTHS = (24, 21, 18, 15, 12)
_SHORTEST = 12 * 3 + 11
"""Characters of twelve words of three letters with one character between each two."""
_MOST = 30
"""More words of the list in a row are the list itself, or another one."""


def holds_seed_phrase(text: str) -> bool:
    """Whether 12 to 24 words with a valid checksum stand in a text.

    Test vectors repeat words (``abandon abandon … about``), and lists are in alphabetical order: of drawn
    phrases one in many thousands is like that.
    """
    if text.isascii() and len(text) < _SHORTEST:
        return False
    return any(_is_drawn(words) for run in _runs(text) for words in _of_one_list(run))


def _runs(text: str) -> Iterator[list[str]]:
    """Words that follow one another with nothing but separators between, read in one pass."""
    from unicodedata import normalize

    text = normalize("NFC", text.lower().replace("\\n", "\n"))
    run: list[str] = []
    at = 0
    for match in _WORD.finditer(text):
        word = match.group()
        fits = _may_be_listed(word)
        if run and not (fits and _separates(text[at : match.start()])):
            if len(run) >= _LENGTHS[-1]:
                yield run
            run = []
        if fits:
            run.append(normalize("NFKD", word))
        at = match.end()
    if len(run) >= _LENGTHS[-1]:
        yield run


def _may_be_listed(word: str) -> bool:
    return 3 <= len(word) <= 10 or (len(word) < 3 and max(word) > _EAST_ASIAN)


def _separates(between: str) -> bool:
    plain = _BLANKS.sub(" ", between)
    return len(plain) <= _WIDEST and _BETWEEN.fullmatch(plain) is not None


def _of_one_list(run: list[str]) -> Iterator[tuple[Any, list[str]]]:
    """The stretches of a run, of 12 to 30 words, that are all of one language's list."""
    for language, listed in _languages():
        stretch: list[str] = []
        for word in [*run, ""]:
            if word in listed:
                stretch.append(word)
                continue
            if _LENGTHS[-1] <= len(stretch) <= _MOST:
                yield language, stretch
            stretch = []


def _is_drawn(found: tuple[Any, list[str]]) -> bool:
    language, stretch = found
    for size in _LENGTHS:
        for start in range(len(stretch) - size + 1):
            words = stretch[start : start + size]
            varied = len(set(words)) >= size - 2 and words != sorted(words)
            if varied and language.check(" ".join(words)):
                return True
    return False


@lru_cache(maxsize=1)
def _languages() -> list[tuple[Any, frozenset[str]]]:
    from mnemonic import Mnemonic

    lists = [Mnemonic(name) for name in Mnemonic.list_languages()]
    for one in lists:  # a phrase is normalised before it is looked up, and not every list is
        one.wordlist = [one.normalize_string(word) for word in one.wordlist]
    return [(one, frozenset(one.wordlist)) for one in lists]
