"""Drawn text is told from words."""

from __future__ import annotations

import pytest

from sealward.detectors.randomness import is_hex, is_random, wordiness
from tests.support.literals import expand


@pytest.mark.parametrize("seed", range(10))
def test_drawn_text_is_random(seed: int) -> None:
    assert is_random(expand("%b62:32%", seed=seed))


@pytest.mark.parametrize(
    "text",
    ["ProductionKubernetesClusterAutoscaler", "abcdefghijklmnop0123456789", "a" * 40, "short", "1" * 20],
)
def test_words_and_sequences_are_not(text: str) -> None:
    assert not is_random(text)


def test_words_and_hexadecimal() -> None:
    assert wordiness("correct horse battery") > 0.9
    assert wordiness("xkqzvbnmwrtp") < 0.4
    assert is_hex("0af9")
    assert not is_hex("0aF9")
