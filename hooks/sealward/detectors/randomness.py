"""Whether a piece of text was drawn at random: not by counting symbols, but by what people write.

Entropy alone does not set ``ProductionKubernetesClusterAutoscaler`` apart from a token of its length. Names
are made of words, and nine of ten neighbouring letters of a word are among the pairs below; of random
letters only one in three.
"""

from __future__ import annotations

from itertools import pairwise

from sealward.patterns import late

MIN_CHARACTERS = 16
"""Shorter pieces carry too little to be judged without help from a key's name."""

_PAIRS = frozenset(
    row[0] + following
    for row in """
        abcdgiklmnprstuvwy baeilorsu cacehiklorstu dadeilorsu eacdefglmnprstvwxy faefiloru
        gaehilnorsu haeiot iabcdefglmnoprstvz jaou keis ladeilostuy mabeimopsu nacdefgiklnostuv
        obcdfgiklmnoprstuvw paehiloprstuy qu racdegikmnorstuy sacehikmloptuy tacehilmoprstuy
        uabceilmnprst vaeio waeinor xpt yps zeo
    """.split()
    for following in row[1:]
)
"""The pairs of letters that make up 93 % of English words and of names in programs."""

_PIECE = late(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_HEX = late(r"[0-9a-f]+|[0-9A-F]+")


def is_random(text: str) -> bool:
    """Whether a run of ASCII letters and digits, 16 or longer, reads as drawn at random."""
    if (
        len(text) < MIN_CHARACTERS
        or not text.isascii()
        or len(set(text)) < len(text) ** 0.5
        or _is_sequence(text)
    ):
        return False
    letters = sum(character.isalpha() for character in text)
    return letters * 4 >= len(text) and wordiness(text) < 0.45


def wordiness(text: str) -> float:
    """The share of a text's letters that stand in pronounceable pieces of three letters or more."""
    letters = sum(character.isalpha() for character in text)
    pieces = (piece for piece in _PIECE.findall(text) if len(piece) > 2 and piece.isalpha())
    return sum(len(piece) for piece in pieces if _is_wordlike(piece.lower())) / (letters or 1)


def is_hex(text: str) -> bool:
    """Whether a text is hexadecimal in one case."""
    return _HEX.fullmatch(text) is not None


def _is_wordlike(piece: str) -> bool:
    pairs = [a + b for a, b in pairwise(piece)]
    return sum(pair in _PAIRS for pair in pairs) >= 0.7 * len(pairs)


def _is_sequence(text: str) -> bool:
    """``abcdefghijklmnop0123456789``, ``qwertyuiop``'s cousin: an alphabet, not a draw."""
    steps = sum(0 <= ord(b) - ord(a) <= 1 for a, b in pairwise(text))
    return steps * 2 > len(text)
