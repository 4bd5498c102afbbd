from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.sops.format.shamir import combine


def _times(a: int, b: int) -> int:
    """Multiplication in GF(2^8) the long way, apart from the tables under test."""
    product = 0
    for bit in range(8):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(14, 7, -1):
        if product >> bit & 1:
            product ^= 0x11B << (bit - 8)
    return product


def _share(coefficients: list[bytes], x: int) -> bytes:
    """The polynomials' values at x (the first coefficient is the secret), and x."""
    values = bytearray(len(coefficients[0]))
    for coefficient in reversed(coefficients):
        values = bytearray(_times(value, x) ^ c for value, c in zip(values, coefficient, strict=True))
    return bytes(values) + bytes([x])


@given(
    st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=5),
    st.lists(st.integers(1, 255), min_size=5, max_size=8, unique=True),
)
def test_any_shares_from_the_threshold_on_give_the_secret(
    coefficients: list[bytes], places: list[int]
) -> None:
    shares = [_share(coefficients, x) for x in places]
    assert combine(shares) == coefficients[0]
    assert combine(shares[-len(coefficients) :]) == coefficients[0]


@pytest.mark.parametrize("shares", [[], [b"ab"], [b"ab", b"abc"], [b"ax", b"bx"], [b"a", b"b"]])
def test_shares_that_do_not_fit(shares: list[bytes]) -> None:
    with pytest.raises(ValueError, match="shares"):
        combine(shares)
