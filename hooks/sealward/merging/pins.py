"""Pins of Vault references where both sides have moved them: the later write holds what the earlier one
holds.

A version of KV v2 is the whole secret, so of two rotations the higher pin has both. A pin that went down
is a rollback that somebody meant, and stays a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.references.syntax import find_all, levelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.document.model import Path
    from sealward.merging.pieces import Piece
    from sealward.references.syntax import Reference
    from sealward.sops.reading.decrypted import Value


def later(base: Piece | None, ours: Piece, theirs: Piece) -> tuple[Piece, str] | None:
    """The side with the higher pins, and a line that says so; None where it is another kind of change."""
    texts = [_text(piece) for piece in (base, ours, theirs)]
    if base is None or None in texts or len({levelled(text or "") for text in texts}) != 1:
        return None
    old, mine, yours = (_versions(find_all(text or "")) for text in texts)
    if not old or 0 in (*old, *mine, *yours):
        return None
    rises = all(one >= before for side in (mine, yours) for one, before in zip(side, old, strict=True))
    if not rises:
        return None
    if all(one >= other for one, other in zip(mine, yours, strict=True)):
        return ours, f"pin {_shown(mine)}, the later of {_shown(mine)} and {_shown(yours)}"
    if all(other >= one for one, other in zip(mine, yours, strict=True)):
        return theirs, f"pin {_shown(yours)}, the later of {_shown(mine)} and {_shown(yours)}"
    return None


class Lift(NamedTuple):
    """A secret whose pins are uniform on both sides and mixed in the result: all go to the highest."""

    mount: str
    path: str
    version: int
    leaves: tuple[Path, ...]


def lifts(ours: Iterable[Value], theirs: Iterable[Value], result: Iterable[Value]) -> list[Lift]:
    """What is to be lifted after a merge."""
    sides = [_pins(values) for values in (ours, theirs)]
    found = []
    for secret, pins in _pins(result).items():
        versions = {version for version, _ in pins}
        uniform = all(len({version for version, _ in side.get(secret, ())}) <= 1 for side in sides)
        if len(versions) > 1 and uniform and 0 not in versions:
            highest = max(versions)
            leaves = tuple(dict.fromkeys(value.leaf.path for version, value in pins if version != highest))
            found.append(Lift(*secret, version=highest, leaves=leaves))
    return found


def _pins(values: Iterable[Value]) -> dict[tuple[str, str], list[tuple[int, Value]]]:
    found: dict[tuple[str, str], list[tuple[int, Value]]] = {}
    for value in values:
        if value.plaintext is None or value.kind != "str":
            continue
        for one in find_all(value.plaintext.text()):
            if one.is_versioned and not one.is_elsewhere:
                found.setdefault((one.mount, one.path), []).append((one.version or 0, value))
    return found


def _text(piece: Piece | None) -> str | None:
    """A piece's decrypted text."""
    if piece is None or piece.scalar is None or piece.side is None:
        return None
    value = piece.side.value(piece.scalar)
    return None if value is None or value.plaintext is None or value.kind != "str" else value.plaintext.text()


def _versions(references: Iterable[Reference]) -> list[int]:
    return [one.version or 0 for one in references]


def _shown(versions: Iterable[int]) -> str:
    return ", ".join(f"#{one}" for one in versions)
