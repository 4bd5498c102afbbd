"""Which known tokens stand in a text."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from sealward.detectors.logins import login_in
from sealward.detectors.published import is_example, without_published
from sealward.detectors.tokens import KINDS, beside, may_hold
from sealward.detectors.tokens.proofs import PROOFS
from sealward.patterns import as_utf8, linear, re2_of, which_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealward.patterns import Compiled

_MAY_HOLD = re.compile(r"\S{14}|-----BEGIN|\bmachine\s")
"""Every one of the patterns needs one of these: ordinary prose is passed over at once."""
_JWT = linear(r"\beyJ[\w-]{8,}\.(?P<payload>eyJ[\w-]{4,})\.[\w-]{16,}")


@lru_cache(maxsize=1)
def _all() -> Callable[[str], list[int]]:
    """Which of all the kinds could be in a text, in one pass over it."""
    return which_of(kind.shape for kind in KINDS)


@cache
def _compiled(number: int) -> tuple[Compiled, re.Pattern[str]]:
    """What finds candidates in linear time, and what says of each whether it is one."""
    return re2_of(KINDS[number].shape), re.compile(KINDS[number].exact, re.ASCII)


def known_token(text: str) -> str | None:
    """What the text holds, named with its article, or None."""
    found = _first(text) and _first(without_published(text))
    return found[0] if found else None


def _first(text: str) -> tuple[str, str] | None:
    return next(tokens_in(text), None) or login_in(text)


def tokens_in(text: str) -> Iterator[tuple[str, str]]:
    """Every token of a known shape that was drawn: what it is, and the token itself (never to be shown)."""
    if not _MAY_HOLD.search(text):
        return
    text = as_utf8(text)
    if not may_hold(text):
        return
    for number in _all()(text):
        kind = KINDS[number]
        candidates, exact = _compiled(number)
        for candidate in candidates.finditer(text):
            token = exact.match(text, candidate.start())
            if token and PROOFS[kind.proof](token.group(), token["rest"]):
                yield kind.name, token.group()
    for match in _JWT.finditer(text) if "eyJ" in text else ():
        if not _is_for_anybody(match["payload"]) and not is_example(match.group()):
            yield "a JWT", match.group()
    yield from beside.tokens_in(text)


def _is_for_anybody(payload: str) -> bool:
    """Whether a JWT is made to stand in a web page, as Supabase's for the role ``anon``."""
    import json

    try:
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(claims, dict) and claims.get("role") == "anon"
