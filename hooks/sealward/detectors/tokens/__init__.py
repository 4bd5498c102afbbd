"""Secrets that are known by their shape, whatever their key is called: the table, and what each looks like.

The table is small modules by trade. Before anything is parsed, every file is searched for its ``shapes``;
``search`` then says of a line which tokens stand in it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sealward.detectors.tokens import beside, clouds, forges, keys, messages, models, payments, services
from sealward.patterns import re2_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.detectors.tokens.kinds import Kind
    from sealward.patterns import Compiled

KINDS: tuple[Kind, ...] = (
    *keys.KINDS,
    *forges.KINDS,
    *clouds.KINDS,
    *models.KINDS,
    *messages.KINDS,
    *payments.KINDS,
    *services.KINDS,
)
"""Every kind. Prefixes, alphabets and lengths come from the issuers' own documentation."""

_LOGINS = (
    r"://[^\s/:@]*:[^\s/@]+@",
    r"[?&;](?i:token|key|api_?key|access_token|auth|secret|sig|signature|password|pwd|client_secret)=",
    r"(?i:(?:;|\bhost=[^\n]*\s)\s*(?:password|pwd)\s*=)\s*[^\s;]{4}",
)
"""Where a password or a key stands in a URL or a connection string."""

_FEW = 3
"""Characters of a beginning that stands in many words."""

_REPEAT = re.compile(r"\{(\d+)(?:,\d*)?\}")


class _Enough(NamedTuple):
    """So many characters of a long repeat are looked at; ``long`` of them where little stands before."""

    short: int
    long: int


_GLANCE, _SEARCH = _Enough(1, 8), _Enough(6, 20)
"""What is looked at before a file is worth a search, and before a line is worth a look: fewer characters keep
an automaton small, and a small one is compiled in no time."""


def shapes(loose: bool, enough: _Enough = _SEARCH) -> list[str]:
    """What every token's text matches, as patterns of RE2, cheap to compile: a few more texts match.

    ``loose`` ones could begin at any character: in one automaton with others they would multiply.
    """
    some = dict.fromkeys(_cheap(kind, enough) for kind in KINDS if kind.is_loose == loose)
    return [*some, *([] if loose else [r"\beyJ[\w-]{8}"])]


def _cheap(kind: Kind, enough: _Enough) -> str:
    most = enough.short if len(kind.prefix) > _FEW and not kind.is_loose else enough.long
    return _REPEAT.sub(lambda match: f"{{{most},}}" if int(match[1]) > most else match[0], kind.shape)


def may_hold(text: str | bytes) -> bool:
    """Whether any token or login could be in a text: in few it could. A glance at most of them is enough."""
    heads, assignment = _glances()
    if any(one.search(text) is not None for one in heads):
        return any(automaton.search(text) is not None for automaton in automata())
    return assignment.search(text) is not None and _beside().search(text) is not None


@lru_cache(maxsize=1)
def _glances() -> tuple[list[Compiled], Compiled]:
    """Automata for the beginnings of tokens and for logins, and one for keys with something behind them."""
    groups = ([*shapes(loose=False, enough=_GLANCE), *_LOGINS], shapes(loose=True))
    return [_any_of(group) for group in groups], re2_of(beside.ASSIGNMENT)


@lru_cache(maxsize=1)
def _beside() -> Compiled:
    return re2_of(beside.shape())


@lru_cache(maxsize=1)
def automata() -> list[Compiled]:
    """What finds the places where a token or a login could be, in a few passes over bytes or text.

    In one automaton, shapes that begin with any character would multiply with each other and with all the
    rest, beyond what RE2 can keep in memory: five times slower on real files.
    """
    return [_any_of([*shapes(loose=False), *_LOGINS]), _beside(), _any_of(shapes(loose=True))]


def _any_of(patterns: Iterable[str]) -> Compiled:
    return re2_of("|".join(f"(?:{pattern})" for pattern in patterns))
