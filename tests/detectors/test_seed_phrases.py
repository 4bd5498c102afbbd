"""Seed phrases: drawn words with a valid checksum, however they are separated."""

from __future__ import annotations

import pytest

from sealward.detectors.seed_phrases import holds_seed_phrase
from tests.support.literals import expand


@pytest.mark.parametrize(
    "text",
    ["%phrase:12%", "%phrase:24%", "%PHRASE:12%", "%phrasenl:12%", "%phrasec:12%", "%frase:12%", "keep %phrase:12% safe"],
)  # fmt: skip
def test_phrases(text: str) -> None:
    assert holds_seed_phrase(expand(text, seed=9))


def test_separators_that_people_use() -> None:
    words = expand("%phrase:12%", seed=9).split()
    for between in (" ", ", ", "\\n", " | ", "\n        ", '",\n            "'):
        assert holds_seed_phrase(between.join(words))
    assert holds_seed_phrase(" ".join(f"{number}. {word}" for number, word in enumerate(words, 1)))


@pytest.mark.parametrize(
    "text",
    ["abandon " * 11 + "about", "the quick brown fox jumps over the lazy dog and then goes home again", ""],
)  # fmt: skip
def test_other_words(text: str) -> None:
    assert not holds_seed_phrase(expand(text, seed=9))
    assert not holds_seed_phrase("/".join(expand("%phrase:12%", seed=9).split()))
