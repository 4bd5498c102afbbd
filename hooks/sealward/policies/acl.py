"""Which rule of a token's policies governs a path, as Vault and OpenBao decide it: exactly one pattern.

Written after ``vault/acl.go``, and asked against the real server in tests/policies/test_acl.py and, at
length, in benchmarks/policies.py.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Kind: TypeAlias = Literal["exact", "prefix", "segments"]
"""``prefix`` ends in ``*``; ``segments`` holds ``+``, and may end in ``*`` as well."""


class Pattern:
    """The pattern of a rule: ``*`` counts at the very end alone, ``+`` as a whole segment."""

    __slots__ = ("glob", "kind", "parts", "plus", "rank", "stem", "text")

    def __init__(self, text: str) -> None:
        self.text = text = text.removeprefix("/")
        self.glob = text.endswith("*")
        self.stem = text[:-1] if self.glob else text
        self.parts = self.stem.split("/")
        self.plus = sum(part == "+" for part in self.parts)
        segments = text == "+" or "/+" in text or text.startswith("+/")
        self.kind: Kind = "segments" if segments else "prefix" if self.glob else "exact"
        first = text.find("+") if segments else len(self.stem)
        self.rank = (first, not self.glob, -self.plus, len(self.stem), self.stem)

    def matches(self, path: str) -> bool:
        """Whether it is meant for a path at all; a rule that matches may still lose to another."""
        if self.kind == "exact":
            return path == self.text
        if self.kind == "prefix":
            return path.startswith(self.stem)
        given = path.split("/")
        if len(given) < len(self.parts) or (len(given) > len(self.parts) and not self.glob):
            return False
        last = len(self.parts) - 1
        return all(
            mine in ("+", theirs) or (self.glob and at == last and theirs.startswith(mine))
            for at, (mine, theirs) in enumerate(zip(self.parts, given, strict=False))
        )

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


@lru_cache(maxsize=4096)
def pattern(text: str) -> Pattern:
    """The pattern of a text."""
    return Pattern(text)


class Contest(NamedTuple):
    """Who governs a path (None: nobody, so nothing is granted), and who else matches, the nearest first."""

    winner: Pattern | None
    losers: tuple[Pattern, ...]


class Book:
    """The patterns of all policies of a token, so that many paths can be asked about."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._all = {one.text: one for one in patterns}

    @cached_property
    def _wild(self) -> list[Pattern]:
        return [one for one in self._all.values() if one.kind != "exact"]

    def contest(self, path: str, listing: bool = False) -> Contest:
        """Who governs a path. ``listing`` asks as LIST does, and as ``sys/capabilities`` asks."""
        found = list(self._in_order(path, listing))
        return Contest(found[0] if found else None, tuple(found[1:]))

    def governs(self, path: str, listing: bool = False) -> Pattern | None:
        """The one pattern that governs a path."""
        return next(self._in_order(path, listing), None)

    def _in_order(self, path: str, listing: bool) -> Iterator[Pattern]:
        seen = set()
        bare = path.removesuffix("/")
        for one in (path, bare) if listing else (path,):
            exact = self._all.get(one)
            if exact is not None and exact.kind == "exact" and exact not in seen:
                seen.add(exact)
                yield exact
        for one in dict.fromkeys((path, bare)):
            matching = [wild for wild in self._wild if wild.matches(one) and wild not in seen]
            longest = max((wild for wild in matching if wild.kind == "prefix"), key=_length, default=None)
            late = [wild for wild in matching if wild.kind == "prefix" and wild is not longest]
            taking_part = [wild for wild in matching if wild not in late]
            yield from sorted(taking_part, key=_rank, reverse=True)
            yield from sorted(late, key=_rank, reverse=True)
            seen.update(matching)


def _rank(one: Pattern) -> tuple[int, bool, int, int, str]:
    return one.rank


def _length(one: Pattern) -> int:
    return len(one.stem)


def within(one: Pattern, others: Iterable[Pattern]) -> bool:
    """Whether every path that a pattern matches is matched by another one of those given, too.

    Exact, without a sample: a path with names in it that no pattern has stands for all paths of its length,
    as whatever matches such a name matches any.
    """
    wide = [other for other in others if _may_meet(one, other)]
    return all(any(other.matches(path) for other in wide) for path in _witnesses(one, wide))


def _witnesses(one: Pattern, others: list[Pattern]) -> Iterator[str]:
    fresh = "\0"
    parts = [fresh if part == "+" else part for part in one.parts] if one.kind == "segments" else one.parts
    stem = "/".join(parts)
    yield stem
    if not one.glob:
        return
    longest = max((len(other.parts) for other in others), default=0)
    for more in range(max(longest - len(parts), 0) + 2):
        yield f"{stem}{fresh}" + f"/{fresh}" * more
        if more:
            yield stem + f"/{fresh}" * more


def meet(one: Pattern, other: Pattern) -> bool:
    """Whether some path is matched by both."""
    return _may_meet(one, other)


def _may_meet(one: Pattern, other: Pattern) -> bool:
    mine, theirs = one.parts, other.parts
    if (not one.glob and len(theirs) > len(mine)) or (not other.glob and len(mine) > len(theirs)):
        return False
    for at, (a, b) in enumerate(zip(mine, theirs, strict=False)):
        if _any(one, a) or _any(other, b) or a == b:
            continue
        open_a = one.glob and at == len(mine) - 1
        open_b = other.glob and at == len(theirs) - 1
        if not ((open_a and b.startswith(a)) or (open_b and a.startswith(b))):
            return False
        if open_a and open_b:
            continue
    return True


def _any(one: Pattern, part: str) -> bool:
    return part == "+" and one.kind == "segments"
