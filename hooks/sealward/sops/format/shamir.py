"""Shamir's secret sharing as sops uses it for several key groups (taken there from HashiCorp Vault).

Every byte of the data key is shared by itself over GF(2^8) with the polynomial 0x11B; a share is
the key's length of y-values and one byte x at the end.
"""

from __future__ import annotations

_POLYNOMIAL = 0x11B


def _tables() -> tuple[list[int], list[int]]:
    """Powers and logarithms to the generator 3."""
    powers, logarithms, value = [0] * 255, [0] * 256, 1
    for exponent in range(255):
        powers[exponent], logarithms[value] = value, exponent
        value ^= value << 1
        if value & 0x100:
            value ^= _POLYNOMIAL
    return powers, logarithms


_POWERS, _LOGARITHMS = _tables()


def combine(shares: list[bytes]) -> bytes:
    """The secret of all the shares given (Lagrange's interpolation at 0).

    Too few shares give a wrong secret, not an error. Raises ValueError for fewer than two shares,
    shares of different lengths, and two shares of one x.
    """
    if len(shares) < 2 or len({len(share) for share in shares}) > 1 or len(shares[0]) < 2:
        raise ValueError("two or more shares of one length are needed")
    places = [share[-1] for share in shares]
    if len(set(places)) < len(places):
        raise ValueError("two shares are the same")
    weights = [_weight(x, places) for x in places]
    secret = bytearray(len(shares[0]) - 1)
    for share, weight in zip(shares, weights, strict=True):
        for index, y in enumerate(share[:-1]):
            secret[index] ^= _multiply(y, weight)
    return bytes(secret)


def _weight(x: int, places: list[int]) -> int:
    weight = 1
    for other in places:
        if other != x:
            weight = _multiply(weight, _divide(other, x ^ other))
    return weight


def _multiply(a: int, b: int) -> int:
    return _POWERS[(_LOGARITHMS[a] + _LOGARITHMS[b]) % 255] if a and b else 0


def _divide(a: int, b: int) -> int:
    return _POWERS[(_LOGARITHMS[a] - _LOGARITHMS[b]) % 255] if a else 0
