"""A sealed file as pieces of text: each entry with its lines, so that entries of two files can be put
together.

The text of a piece is never written again, only moved: a ciphertext stays what it is, byte for byte.
What is not laid out as sops lays it out (flow style, aliases, carriage returns) has no pieces: ``sops``
writes it again first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document.model import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sealward.document.model import Node, Path
    from sealward.merging.side import Side


class NotPlain(Exception):
    """A text that is not laid out as sops lays it out."""


class Piece:
    """An entry of a mapping, an item of a list, or a whole document.

    ``above`` are the lines of the comments before it, ``head`` its own lines (of a container: those
    before its children), ``below`` the comments behind its last child. ``dash`` is the column of a list
    item's dash, which its lines do not have; -1 for all else. ``side`` is the version that it is from."""

    __slots__ = ("above", "below", "children", "dash", "head", "key", "node", "side")

    def __init__(self, key: str, node: Node, side: Side | None = None) -> None:
        self.key = key
        self.node = node
        self.side = side
        self.above: list[str] = []
        self.head: list[str] = []
        self.children: list[Piece] = []
        self.below: list[str] = []
        self.dash = -1

    def like(self) -> Piece:
        """A piece with the same head, and without children."""
        made = Piece(self.key, self.node, self.side)
        made.above, made.head, made.dash = self.above, self.head, self.dash
        return made

    @property
    def is_mapping(self) -> bool:
        """Whether it holds entries (perhaps none)."""
        return isinstance(self.node, Mapping)

    @property
    def is_list(self) -> bool:
        """Whether it holds items (perhaps none)."""
        return isinstance(self.node, Sequence)

    @property
    def scalar(self) -> Scalar | None:
        """Its value, where that is one."""
        return self.node if isinstance(self.node, Scalar) else None


class Conflict(Piece):
    """An entry that both sides changed: both stand in the text. A side that has deleted it has no piece."""

    __slots__ = ("base", "ours", "reason", "theirs")

    def __init__(self, base: Piece | None, ours: Piece | None, theirs: Piece | None, reason: str) -> None:
        of = ours or theirs
        assert of is not None
        super().__init__(of.key, of.node, of.side)
        self.dash = of.dash
        self.base, self.ours, self.theirs, self.reason = base, ours, theirs, reason


def chosen(pieces: Iterable[Piece], choice: Callable[[Path], str], path: Path = ()) -> list[Piece]:
    """The pieces with conflicts settled: ``choice`` gives ``ours``, ``theirs``, or nothing for a key
    path."""
    found: list[Piece] = []
    for number, piece in enumerate(pieces):
        step = (*path, number if piece.dash >= 0 else piece.key)
        if isinstance(piece, Conflict):
            side = choice(step)
            taken = {"ours": piece.ours, "theirs": piece.theirs}.get(side, piece)
            found += [taken] if taken is not None else []
            continue
        copy = piece.like()
        copy.children, copy.below = chosen(piece.children, choice, step), piece.below
        found.append(copy)
    return found


def conflicts(pieces: Iterable[Piece], path: Path = ()) -> list[tuple[Path, Conflict]]:
    """Every conflict with its key path."""
    found: list[tuple[Path, Conflict]] = []
    for number, piece in enumerate(pieces):
        step = (*path, number if piece.dash >= 0 else piece.key)
        if isinstance(piece, Conflict):
            found.append((step, piece))
        else:
            found += conflicts(piece.children, step)
    return found
