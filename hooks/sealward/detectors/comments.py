"""Does a comment hold a secret: a sensitive key with a value, a known token, a random word."""

from __future__ import annotations

import re
from itertools import pairwise

from sealward.detectors.placeholders import is_harmless, is_sensitive_key, without_placeholders

_ASSIGNMENT = re.compile(
    r"(?:^|[\s,{\"'-])([A-Za-z][\w.-]{1,60})[\"']?[ \t]*[:=][ \t]*[\"']?([^\s\"',}]{3,})"
)
_TOKEN = re.compile(
    r"AGE-SECRET-KEY-1[0-9A-Z]{20}|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b(?:hv[sbr]\.|gh[pousr]_|glpat-|xox[abprs]-|sk_live_|AKIA)[\w-]{12}|://[^\s/:@]*:[^\s/:@$<{]+@"
)
_PROSE = re.compile(r"[A-Za-z]{2,}[,.;:]?(?: [\w\"'(].*)")
"""A word and more words: ``api_key: Top right corner, …`` tells where a secret is to be found."""
_LONG_WORD = re.compile(r"[A-Za-z0-9+_-]{20,}={0,2}")


def carries_secret(text: str) -> bool:
    """Whether a comment holds a literal: a sensitive key with a value, a known token, a random word."""
    text = without_placeholders(text)
    if _TOKEN.search(text):
        return True
    for match in _ASSIGNMENT.finditer(text):
        key, value = match.groups()
        told = _PROSE.match(text, match.start(2))
        if is_sensitive_key((key,)) and not told and not is_harmless(value):
            return True
    return any(_is_random(word) for word in _LONG_WORD.findall(text))


def _is_random(word: str) -> bool:
    """Letters of both cases and digits mixed, as a generated value has them and prose has not."""
    kinds = sum(bool(re.search(pattern, word)) for pattern in ("[a-z]", "[A-Z]", "[0-9]"))
    changes = sum(a.isalpha() != b.isalpha() for a, b in pairwise(word))
    return kinds == 3 and changes >= 4
