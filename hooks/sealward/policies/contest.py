"""Why one rule governs a path and the others do not, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.policies.acl import Book
from sealward.policies.judge import with_data
from sealward.policies.policy import in_force, merged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealward.policies.acl import Pattern
    from sealward.policies.policy import Policy, Rule


class Side(NamedTuple):
    """One pattern that matches a path: the places of its rules, what they grant, and why it lost (empty for
    the one that governs)."""

    pattern: str
    places: tuple[str, ...]
    capabilities: tuple[str, ...]
    why: str = ""


class Explained(NamedTuple):
    """Who governs a path (None: nobody), who else matches, and what was probably meant."""

    path: str
    winner: Side | None
    losers: tuple[Side, ...]
    hint: str = ""


def explained(
    policies: Sequence[tuple[str, Policy]], path: str, listing: bool = False, now: float | None = None
) -> Explained:
    """Who governs a path of the API under policies (the name of the file, and what it holds) of one token."""
    path = path.lstrip("/")
    placed = [(name, rule) for name, one in policies for rule in in_force(one.rules, now)]
    granted = merged(rule for _, rule in placed)
    contest = Book(granted).contest(path, listing)

    def side(one: Pattern, why: str = "") -> Side:
        places = tuple(f"{name}:{rule.at.line}" for name, rule in placed if rule.pattern == one)
        return Side(one.text, places, tuple(sorted(granted[one])), why)

    if contest.winner is None:
        return Explained(path, None, (), _hint(path, [rule for _, rule in placed]))
    losers = tuple(side(one, _why(contest.winner, one)) for one in contest.losers)
    return Explained(path, side(contest.winner), losers)


def _why(winner: Pattern, loser: Pattern) -> str:
    if winner.kind == "exact":
        return "the other is the very path" if loser.kind != "exact" else "the path ends in a slash"
    if winner.kind == loser.kind == "prefix":
        return "the other begins with more of the path"
    mine, theirs = loser.rank, winner.rank
    if mine[0] != theirs[0]:
        return "its first wildcard stands earlier"
    if mine[1] != theirs[1]:
        return "it ends in `*`"
    if mine[2] != theirs[2]:
        return "it has more `+`"
    return "it is shorter" if mine[3] != theirs[3] else "it stands earlier in the alphabet"


def _hint(path: str, rules: Sequence[Rule]) -> str:
    """What was probably meant, where nothing matches."""
    if path.startswith("v1/"):
        return f"`v1/` is part of the URL: ask about {path[3:]}"
    mounts = {one.pattern.parts[0] for one in rules if one.pattern.parts[1:2] in (["data"], ["metadata"])}
    parts = path.split("/")
    if parts[0] in mounts and parts[1:2] not in (["data"], ["metadata"]):
        return f"{parts[0]} is KV version 2: its values are at {parts[0]}/data/{'/'.join(parts[1:])}"
    if parts[1:2] == ["data"]:
        for one in rules:
            right = with_data(one.pattern, (parts[0],))
            if right:
                return f"`{one.text}` (line {one.at.line}) misses `data/`"
    twin = next((one for one in rules if one.pattern.text.lower() == path.lower()), None)
    return f"`{twin.text}` (line {twin.at.line}) has other capitals" if twin else ""
