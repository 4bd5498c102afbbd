"""What shows that a token was drawn: its shape, its variety, or its checksum."""

from __future__ import annotations

from zlib import crc32

import pytest

from sealward.detectors.tokens import proofs
from tests.support.literals import expand

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def with_checksum(text: str) -> str:
    number, digits = crc32(text.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return text + digits.rjust(6, "0")


@pytest.mark.parametrize("text", [expand("%b62:30%", seed=2), expand("%hex:30%", seed=4)])
def test_a_checksum_shows_it_whatever_the_letters_are(text: str) -> None:
    rest = with_checksum(text)
    assert proofs.checked(f"ghp_{rest}", rest)


@pytest.mark.parametrize(
    "rest", ["0123456789abcdef" * 2 + "0123", "x" * 36, "exampleexampleexampleexampleexample0"]
)
def test_without_it_what_is_plain_or_typed_is_not_one(rest: str) -> None:
    assert not proofs.checked(f"ghp_{rest}", rest)
    if "0123456789abcdef" not in rest:
        assert not proofs.drawn(f"ghp_{rest}", rest)


def test_what_was_drawn() -> None:
    rest = expand("%b62:36%", seed=5)
    assert proofs.drawn(f"glpat-{rest}", rest)
    assert proofs.shape(f"glpat-{rest}", rest)
