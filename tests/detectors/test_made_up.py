"""What somebody typed is told from what was drawn, of every alphabet and length that tokens have."""

from __future__ import annotations

import pytest

from sealward.detectors.made_up import is_made_up
from tests.support.literals import expand


@pytest.mark.parametrize(
    "text",
    [
        "aaaaaaaaaaaaaaaa", "abababababababab", "sampleSampleSample", "a1b2a1b2a1b2a1b2", "abcdefghijklmnop", "9876543210987654",
        "name-of-my-project-goes-here", "translation-strings-for-the-application-v2.json", "deadbeefdeadbeefcafe1", "ThisIsNotATokenAtAllButWords",
        "not-a-real-token-4711-0815", "AbCdEfGhIjKlMnOpQrStUvWxYz12", "3f9c2b7a4444444444441d8e0b6c",
    ],
)  # fmt: skip
def test_typed(text: str) -> None:
    assert is_made_up(text)


@pytest.mark.parametrize(
    "recipe", ["%hex:32%", "%hex:64%", "%b62:20%", "%b62:36%", "%B36:26%", "%b64u:40%", "%B32:16%"]
)
def test_drawn(recipe: str) -> None:
    """One in a thousand may be taken for words, and that is all."""
    assert sum(is_made_up(expand(recipe, seed)) for seed in range(1000)) <= 2


def test_too_short_to_say() -> None:
    assert not is_made_up("aaaa")
