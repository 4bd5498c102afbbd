"""Nothing is taken on trust, our own work least of all: what was merged is read again, and compared with
the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.plaintext import Plaintext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.merging.pieces import Piece
    from sealward.sops.reading.decrypted import Value


class Planned(NamedTuple):
    """One value as it is meant to be: the number of its document, its keys, its type, what it is, and
    whether it must be encrypted."""

    part: int
    keys: tuple[str, ...]
    kind: str
    plaintext: Plaintext
    encrypted: bool


def planned(roots: Iterable[Piece]) -> list[Planned]:
    """Every value of merged pieces, comments left out."""
    return [one for number, root in enumerate(roots) for one in _values(root, number, ())]


def _values(piece: Piece, part: int, keys: tuple[str, ...]) -> Iterator[Planned]:
    assert piece.side is not None
    if piece.scalar is not None:
        value = piece.side.value(piece.scalar)
        if value is not None and value.kind != "comment":
            yield _as_planned(part, keys, value)
        return
    if not piece.children and (keys or piece.dash >= 0):
        yield Planned(part=part, keys=keys, kind="empty", plaintext=Plaintext(b""), encrypted=False)
    for child in piece.children:
        yield from _values(child, part, (*keys, child.key) if child.dash < 0 else keys)


def found(values: Iterable[Value]) -> list[Planned]:
    """The same of a file as it was read."""
    return [
        _as_planned(one.leaf.part, one.leaf.keys, one)
        for one in values
        if one.kind != "comment" and (one.leaf.path or one.kind != "empty")
    ]


def _as_planned(part: int, keys: tuple[str, ...], value: Value) -> Planned:
    return Planned(
        part=part,
        keys=keys,
        kind=value.kind,
        plaintext=value.plaintext or Plaintext(b""),
        encrypted=value.encrypted,
    )


class Unlike(SealwardError):
    """What was merged does not read back as it was meant."""


def unlike(path: str) -> Unlike:
    """The error for a merge that does not read back as it was meant."""
    return Unlike(
        f"{path}: the merged file does not read back as it should",
        "nothing was merged; report this with the versions of sops and Sealward",
    )


def is_as_planned(wanted: list[Planned], values: Iterable[Value], *, values_only: bool = False) -> bool:
    """Whether a file holds what was planned, and whether what was encrypted is still."""
    got = found(values)
    if len(got) != len(wanted):
        return False
    for one, other in zip(wanted, got, strict=True):
        if one[:3] != other[:3] or one.plaintext != other.plaintext:
            return False
        if one.encrypted and not other.encrypted and not values_only:
            return False
    return True
