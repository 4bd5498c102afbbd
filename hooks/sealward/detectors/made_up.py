"""Text that has a token's shape and was typed by somebody: repetitions, alphabets in order, words."""

from __future__ import annotations

from itertools import pairwise

from sealward.detectors.randomness import wordiness
from sealward.patterns import late

_MOSTLY = 0.6
"""So much of a slug's letters stands in words."""

_ONE = late(r"([^A])\1{9}|A{24}")
"""One character again and again. Zeroes are many an ``A`` in Base64."""

_SEPARATOR = late(r"[-_./]+")
_WORD, _FEW_WORDS = 4, 2
_RUN = late(r"[A-Za-z0-9+/]+")
_SHORT, _LONG = 8, 16
_FEWEST = {_SHORT: 4, _LONG: 6}
"""Different characters that a run of so many has at least: drawn ones have fewer once in 10^5 to 10^7."""

_WORDS = late(
    r"(?i)example|sample|dummy|placeholder|changeme|redacted|foobar|notreal|not[-_]?a[-_]?real|invalid"
    r"|deadbeef|badc0ffee|fake|mytoken|mykey|mysecret|apikey|secretkey|insert|replace|yourtoken|yourkey"
    r"|yoursecret|lorem|asdf|qwerty"
)
"""What people write into a token that they make up. In drawn letters these come about once in 10^4."""


def is_made_up(text: str) -> bool:
    """Whether nobody drew a text: a few characters again and again, an alphabet, or words (a slug)."""
    if len(text) < _SHORT:
        return False
    longest = max(_RUN.findall(text), key=len, default="")
    fewest = max((few for size, few in _FEWEST.items() if len(longest) >= size), default=0)
    if len(set(longest)) < fewest or (len(text) >= _LONG and (_repeats(longest) or _counts(text))):
        return True
    if len(text) < _LONG:
        return False
    return any(pattern.search(text) for pattern in (_ONE, _WORDS)) or _is_slug(text)


def _is_slug(text: str) -> bool:
    """Words and no digit, or several words with a digit somewhere: ``name-of-my-project-2``."""
    if not any(map(str.isdigit, text)):
        return text == text.lower() or wordiness(text) > _MOSTLY
    words = [one for one in _SEPARATOR.split(text) if len(one) >= _WORD and one.isalpha()]
    letters = sum(map(str.isalpha, text))
    return len(words) >= _FEW_WORDS and sum(map(len, words)) > _MOSTLY * letters and wordiness(text) > _MOSTLY


def _repeats(text: str) -> bool:
    """``sampleSampleSample``, ``a1b2a1b2a1b2``: pieces of up to eight characters, each like the last."""
    lower = text.lower()
    return len(text) >= _LONG and any(lower[size:] == lower[:-size] for size in range(1, 9))


def _counts(text: str) -> bool:
    """``abcdefghijkl``, ``9876543210``: most of the neighbours follow each other in the alphabet."""
    steps = [b - a for a, b in pairwise(text.lower().encode("utf-8", "replace"))]
    return max(steps.count(1), steps.count(-1)) * 2 > len(steps)
