"""What somebody typed in the shape of a token, and what was drawn."""

from __future__ import annotations

import pytest

from sealward.detectors.made_up import is_made_up
from tests.support.literals import expand


@pytest.mark.parametrize(
    "text",
    ["a" * 36, "abcdefghijklmnopqrstuvwxyz", "0123456789" * 4, "sampleSampleSample", "a1b2a1b2a1b2a1b2",
     "myexampletoken1234567", "this-is-only-some-words-here", "yourtoken12345678"],
)  # fmt: skip
def test_made_up(text: str) -> None:
    assert is_made_up(text)


@pytest.mark.parametrize("seed", range(8))
def test_drawn(seed: int) -> None:
    assert not is_made_up(expand("%b62:36%", seed=seed))


def test_what_is_short_is_not_judged() -> None:
    assert not is_made_up("aaaa")
