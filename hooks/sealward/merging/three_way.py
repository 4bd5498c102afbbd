"""Three versions in pieces → one, by key path: rules R2 to R4 of the design of merges (docs/merging.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.merging.diff3 import merged as diff3
from sealward.merging.pieces import Conflict, Piece
from sealward.merging.pins import later

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealward.merging.side import Signature

BOTH = "both sides changed it"
DELETED = "one side changed it, the other deleted it"
LISTS = "both sides changed the list at the same place"

_NAMES = ("name", "id", "key")
"""Keys by which the items of a list are known, where each has one of its own."""


class Merger:
    """One merge. ``notes`` says what was decided between two changes, as lines for people."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def documents(self, base: Piece | None, ours: Piece, theirs: Piece) -> Piece:
        """A whole document."""
        return self._container(base, ours, theirs, ())

    def _container(self, base: Piece | None, ours: Piece, theirs: Piece, path: tuple[str, ...]) -> Piece:
        """A mapping on both sides, or a list on both sides: its entries one by one."""
        old = base if base is not None and base.is_mapping == ours.is_mapping and not base.scalar else None
        before = old.children if old is not None else []
        made = (ours if ours.children or not theirs.children else theirs).like()
        made.above = _comments(base, ours, theirs, "above")
        made.below = _comments(old, ours, theirs, "below")
        if ours.is_mapping:
            made.children = self._entries(before, ours.children, theirs.children, path)
            return made
        items = self._items(before, ours.children, theirs.children, path)
        if items is None:
            return Conflict(base, ours, theirs, LISTS)
        made.children = items
        return made

    def _entries(
        self, base: Sequence[Piece], ours: Sequence[Piece], theirs: Sequence[Piece], path: tuple[str, ...]
    ) -> list[Piece]:
        before, mine, yours = ({piece.key: piece for piece in side} for side in (base, ours, theirs))
        return self._by_name(before, mine, yours, path)

    def _by_name(
        self, base: dict[str, Piece], ours: dict[str, Piece], theirs: dict[str, Piece], path: tuple[str, ...]
    ) -> list[Piece]:
        found: dict[str, Piece] = {}
        for name in {**ours, **theirs}:
            piece = self._entry(base.get(name), ours.get(name), theirs.get(name), (*path, name))
            if piece is not None:
                found[name] = piece
        return [found[name] for name in _order(list(base), list(ours), list(theirs)) if name in found]

    def _entry(
        self, base: Piece | None, ours: Piece | None, theirs: Piece | None, path: tuple[str, ...]
    ) -> Piece | None:
        if ours is None or theirs is None:
            return _alone(base, ours, theirs)
        if (ours.is_mapping and theirs.is_mapping) or (ours.is_list and theirs.is_list):
            return self._container(base, ours, theirs, path)
        taken = self._value(base, ours, theirs, path)
        if isinstance(taken, Conflict):
            return taken
        if taken.scalar is None:
            return taken
        made = taken.like()
        made.above = _comments(base, ours, theirs, "above")
        return made

    def _value(self, base: Piece | None, ours: Piece, theirs: Piece, path: tuple[str, ...]) -> Piece:
        old, mine, yours = (None if one is None else signature(one) for one in (base, ours, theirs))
        if yours in (mine, old):
            return ours
        if mine == old:
            return theirs
        taken = later(base, ours, theirs)
        if taken is not None:
            piece, note = taken
            self.notes.append(f"{'.'.join(path)}: {note}")
            return piece
        return Conflict(base, ours, theirs, BOTH)

    def _items(
        self, base: Sequence[Piece], ours: Sequence[Piece], theirs: Sequence[Piece], path: tuple[str, ...]
    ) -> list[Piece] | None:
        """A list: by the names of its items, by place, or as a text of which each item is a line. None
        where the sides do not go together."""
        named = [_named(side) for side in (base, ours, theirs)]
        before, mine, yours = named
        if before is not None and mine is not None and yours is not None:
            return self._by_name(before, mine, yours, path)
        tokens = [[signature(piece) for piece in side] for side in (base, ours, theirs)]
        if len(base) == len(ours) == len(theirs) and not _is_shuffled(tokens):
            rows = enumerate(zip(base, ours, theirs, strict=True))
            made = (self._entry(*row, (*path, str(number))) for number, row in rows)
            return [one for one in made if one is not None]
        order = diff3(*tokens)
        if order is None:
            return None
        sides = {"ours": ours, "theirs": theirs}
        return [sides[side][at] for side, at in order]


def signature(piece: Piece) -> Signature:
    """What a piece holds."""
    assert piece.side is not None
    return piece.side.signature(piece.node)


def _alone(base: Piece | None, ours: Piece | None, theirs: Piece | None) -> Piece | None:
    """An entry that one side has, or none: added there, or deleted on the other."""
    left = ours if ours is not None else theirs
    if left is None or base is None:
        return left
    if signature(left) == signature(base):
        return None
    return Conflict(base, ours, theirs, DELETED)


def _is_shuffled(tokens: Sequence[Sequence[Signature]]) -> bool:
    """Whether a side has what the base has, in another order."""
    base = tokens[0]
    ordered = sorted(map(repr, base))
    return any(side != base and sorted(map(repr, side)) == ordered for side in tokens[1:])


def _named(items: Sequence[Piece]) -> dict[str, Piece] | None:
    """The items by their names; None where they have none."""
    if not all(item.is_mapping for item in items):
        return None
    for name in _NAMES:
        found: dict[str, Piece] = {}
        for item in items:
            child = next((one for one in item.children if one.key == name and one.scalar is not None), None)
            if child is not None:
                found.setdefault(f"{name} {signature(child)}", item)
        if len(found) == len(items):
            return found
    return None


def _order(base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
    """The names of both sides: in ours' order, unless only theirs has changed it; what just the other
    side has stands behind its predecessor there."""
    first, second = ours, theirs
    if _moved(base, theirs) and not _moved(base, ours):
        first, second = theirs, ours
    known, behind = set(first), dict[str, list[str]]()
    anchor, order = "", list[str]()
    for name in second:
        if name in known:
            anchor = name
        else:
            behind.setdefault(anchor, []).append(name)
    order += behind.get("", []) if "" not in known else []
    for name in first:
        order += [name, *behind.get(name, [])]
    return order


def _moved(base: list[str], side: list[str]) -> bool:
    both = set(base) & set(side)
    return [name for name in base if name in both] != [name for name in side if name in both]


def _comments(base: Piece | None, ours: Piece, theirs: Piece, where: str) -> list[str]:
    """The comments of both sides: never a conflict."""
    old, mine, yours = (_texts(one, where) for one in (base, ours, theirs))
    if list(mine) == list(yours) or list(yours) == list(old):
        return list(mine.values())
    if list(mine) == list(old):
        return list(yours.values())
    new = [line for token, line in yours.items() if token not in mine and token not in old]
    return [*mine.values(), *new]


def _texts(piece: Piece | None, where: str) -> dict[object, str]:
    """The lines of a piece's comments by what they say; a second of the same gets a number."""
    found: dict[object, str] = {}
    if piece is None or piece.side is None:
        return found
    for line in getattr(piece, where):
        token: object = piece.side.comment(line)
        while token in found:
            token = (token, 1)
        found[token] = line
    return found
