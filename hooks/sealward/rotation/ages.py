"""Since when each key of a secret has its value, as entries of the secret's ``custom_metadata`` keep it.

A KV v2 version belongs to the whole secret, so its ``created_time`` says nothing of one key: whoever writes
a sibling makes a new version. Each rotation notes what it knows, ``api_key 7-9 2026-11-25T04:41:27Z``: the
value came with version 7, and version 9 holds it as well. A token that may read no value can see ages so.
KV v2 takes 64 entries of 512 bytes: what does not fit is left out, and found out by comparing versions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from sealward.times import iso, seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealward.vault.client import Metadata

PREFIX = "sealward-renewed"
"""What the entries' names begin with."""

_ENTRY = re.compile(r"([^\s;]+) (\d{1,9})-(\d{1,9}) ([^\s;]+)")
_LONGEST = 500
_MOST = 8
"""How many entries ages may take up."""
_ALL = 56
"""How many entries a secret may have for ages to be noted at all: the journal needs the rest."""


class Span(NamedTuple):
    """The versions ``first`` to ``last`` hold one value of a key, which is from ``since`` (seconds since
    1970)."""

    first: int
    last: int
    since: float


def read(metadata: Metadata) -> dict[str, Span]:
    """What is noted, by key. Where the server still knows the version itself, its ``created_time`` counts."""
    found: dict[str, Span] = {}
    for name, text in sorted(metadata.custom.items()):
        for match in _ENTRY.finditer(text) if _is_ours(name) else ():
            first, last, noted = int(match[2]), int(match[3]), seconds_of(match[4])
            version = metadata.versions.get(first)
            since = seconds_of(version.created) if version else noted
            if since is not None and first <= last <= metadata.current:
                found[unquote(match[1])] = Span(first, last, since)
    return found


def entries(spans: Mapping[str, Span], metadata: Metadata) -> dict[str, str | None]:
    """The entries that note these spans, and what was noted before of other keys; None takes one away.

    The youngest come first: where there is no room for all, an older value is found out of by comparing.
    """
    others = [name for name in metadata.custom if not _is_ours(name)]
    known = {**read(metadata), **spans}
    said = [_said(key, span) for key, span in sorted(known.items(), key=lambda one: -one[1].first)]
    room = min(_MOST, _ALL - len(others))
    texts = _packed([one for one in said if len(one) <= _LONGEST], max(0, room))
    names = [f"{PREFIX}-{number}" if number > 1 else PREFIX for number in range(1, len(texts) + 1)]
    gone = [name for name in metadata.custom if _is_ours(name) and name not in names]
    return {**dict(zip(names, texts, strict=True)), **dict.fromkeys(gone)}


def _is_ours(name: str) -> bool:
    rest = name.removeprefix(PREFIX)
    return name.startswith(PREFIX) and (not rest or (rest[0] == "-" and rest[1:].isdecimal()))


def _said(key: str, span: Span) -> str:
    return f"{quote(key, safe='')} {span.first}-{span.last} {iso(span.since)}"


def _packed(said: list[str], room: int) -> list[str]:
    texts: list[str] = []
    for one in said:
        if texts and len(texts[-1]) + 2 + len(one) <= _LONGEST:
            texts[-1] = f"{texts[-1]}; {one}"
        elif len(texts) < room:
            texts.append(one)
    return texts
