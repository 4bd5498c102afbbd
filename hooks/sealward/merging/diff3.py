"""Three versions of a list of tokens → one, as ``diff3`` does it: what both sides changed at one place
conflicts."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Token = TypeVar("Token", bound="Hashable")


def merged(
    base: Sequence[Token], ours: Sequence[Token], theirs: Sequence[Token]
) -> list[tuple[str, int]] | None:
    """Where each item of the result stands: the side (``ours``, ``theirs``) and its index there.

    None where both sides changed the same place, or places next to each other, in different ways; and
    where it depends on the end that one begins at what was changed, as with items that were moved, or
    stand there twice."""
    found = _merged(base, ours, theirs)
    if found is None:
        return None
    from_the_end = _merged(base[::-1], ours[::-1], theirs[::-1])
    sides = {"ours": ours, "theirs": theirs}
    if from_the_end is None:
        return None
    last = {side: len(items) - 1 for side, items in sides.items()}
    other = [(side, last[side] - at) for side, at in reversed(from_the_end)]
    same = [sides[side][at] for side, at in found] == [sides[side][at] for side, at in other]
    return found if same else None


def _merged(
    base: Sequence[Token], ours: Sequence[Token], theirs: Sequence[Token]
) -> list[tuple[str, int]] | None:
    left, right = _matches(base, ours), _matches(base, theirs)
    found: list[tuple[str, int]] = []
    b = o = t = 0
    while True:
        stable = next((at for at in range(b, len(base)) if at in left and at in right), None)
        next_b, next_o, next_t = (
            (len(base), len(ours), len(theirs)) if stable is None else (stable, left[stable], right[stable])
        )
        mine, yours, old = ours[o:next_o], theirs[t:next_t], base[b:next_b]
        if yours in (mine, old):
            found += [("ours", at) for at in range(o, next_o)]
        elif mine == old:
            found += [("theirs", at) for at in range(t, next_t)]
        else:
            return None
        if stable is None:
            return found
        found.append(("ours", next_o))
        b, o, t = next_b + 1, next_o + 1, next_t + 1


def _matches(base: Sequence[Token], side: Sequence[Token]) -> dict[int, int]:
    """Which index of a side each unchanged item of the base has."""
    blocks = SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks()
    return {start + at: other + at for start, other, size in blocks for at in range(size)}
