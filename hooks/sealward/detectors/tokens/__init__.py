"""Secrets that are known by their shape, whatever their key is called: the table, and what each looks like.

The table is small modules by trade. Before anything is parsed, every file is searched for its ``shapes``;
``search`` then says of a line which tokens stand in it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sealward.detectors.tokens import beside, clouds, forges, keys, messages, models, payments, services
from sealward.patterns import re2_of

if TYPE_CHECKING:
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
_ENOUGH, _LONG_ENOUGH = 6, 20
"""So many characters of a long repeat are looked at before a line is worth a look; more of them where little
stands before. It keeps automata small."""


def shapes(loose: bool) -> list[str]:
    """What every token's text matches, as patterns of RE2, cheap to compile: a few more texts match.

    ``loose`` ones could begin at any character: in one automaton with others they would multiply.
    """
    some = dict.fromkeys(_cheap(kind) for kind in KINDS if kind.is_loose == loose)
    return [*some, *([] if loose else [r"\beyJ[\w-]{8}"])]


def _cheap(kind: Kind) -> str:
    enough = _ENOUGH if len(kind.prefix) > _FEW and not kind.is_loose else _LONG_ENOUGH
    return _REPEAT.sub(lambda match: f"{{{enough},}}" if int(match[1]) > enough else match[0], kind.shape)


@lru_cache(maxsize=1)
def automata() -> list[Compiled]:
    """What finds the places where a token or a login could be, in a few passes over bytes or text.

    In one automaton, shapes that begin with any character would multiply with each other and with all the
    rest, beyond what RE2 can keep in memory: five times slower on real files.
    """
    groups = ([*shapes(loose=False), *_LOGINS, beside.shape()], shapes(loose=True))
    return [re2_of("|".join(f"(?:{shape})" for shape in group)) for group in groups]
