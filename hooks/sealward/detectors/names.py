"""Secrets in names: of files and folders, and in what a symbolic link points to.

Names are full of digests, slugs and identifiers. So what counts is a known shape that was drawn at random,
and no shape that a digest with a short word before it has as well.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

from sealward.detectors.free_text import HIDDEN
from sealward.detectors.logins import logins_in
from sealward.detectors.published import is_example, without_published
from sealward.detectors.randomness import wordiness
from sealward.detectors.tokens import shapes
from sealward.detectors.tokens.search import tokens_in
from sealward.detectors.wallets import wallet_in
from sealward.patterns import late, linear

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = [shape.replace(r"\b", r"(?:\b|_)") for shape in shapes(loose=False) + shapes(loose=True)]
_BEGINNING = linear("|".join(f"(?:{one})" for one in _TOKEN))
"""At least every beginning of a token; also behind ``_``, which joins words in names."""

_CANDIDATE = linear(
    rf"{_BEGINNING.pattern}|://|[?&;]\w+=|(?:[^\s/]+[ ,]+){{11}}|[1-9A-HJ-NP-Za-km-z]{{51}}|[xyztuv]prv"
)
"""The same, and where a password of a URL or a key to a wallet could be."""

_MOST = 16
"""So many tokens of one name are looked at: one is enough to report it."""

_LONGEST = 4_096
_DIGEST = late(r"(?:key-|SK|[sbr]\.)?[0-9a-f]{20,}(?:-us[0-9]+)?(?:\.[A-Za-z0-9]{5,6})?")
"""What a file may be called after its content, or a cache's key, although a token can look so."""

_SEPARATOR = late(r"[-_.]+")
_WORD = 4


def candidates(names: Sequence[str]) -> list[int]:
    """The numbers of the names that could hold a secret, from one search over all of them."""
    data = [name.replace("\n", " ").encode("utf-8", "replace") for name in names]
    ends: list[int] = []
    found: dict[int, None] = {}
    for match in _CANDIDATE.compile().finditer(b"\n".join(data)):
        ends = ends or list(accumulate(len(name) + 1 for name in data))
        first, last = bisect_left(ends, match.start() + 1), bisect_left(ends, match.end())
        found.update(dict.fromkeys(range(first, last + 1)))
    return list(found)


def in_name(name: str) -> str | None:
    """What secret a path, or a link's target, holds, in words that fit after "holds"; None for none."""
    found = next(secrets_in(name), None)
    wallets = (wallet_in(piece) for piece in name[:_LONGEST].split("/"))
    return found[0] if found else next(filter(None, wallets), None)


def secrets_in(name: str) -> Iterator[tuple[str, str]]:
    """Every secret of a known shape in it: what it is, and the secret itself (never to be shown)."""
    name = without_published(name[:_LONGEST])
    for number, match in enumerate(_BEGINNING.finditer(name)):
        if number == _MOST:
            break
        rest = name[match.start() :].removeprefix("_")
        for kind, token in tokens_in(rest):
            if rest.startswith(token) and _is_drawn(token):
                yield kind, token
    for kind, password in logins_in(name):
        if not is_example(password):
            yield kind, password


def masked(name: str) -> str:
    """The name with ``********`` for each secret in it."""
    for _, secret in sorted(secrets_in(name), key=lambda found: -len(found[1])):
        name = name.replace(secret, HIDDEN)
    return "/".join(HIDDEN if wallet_in(piece) else piece for piece in name.split("/"))


def _is_drawn(token: str) -> bool:
    """Whether nobody wrote it as words, and it is no digest."""
    if is_example(token) or _DIGEST.fullmatch(token):
        return False
    words = [one for one in _SEPARATOR.split(token)[1:] if len(one) >= _WORD and one.isalpha()]
    return len(words) < 2 or wordiness("-".join(words)) < 0.6
