"""What a side has at a place, as people may see it: a reference whole, of all else no more than its
type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.references.syntax import parse

if TYPE_CHECKING:
    from sealward.merging.pieces import Piece

ABSENT = "(absent)"


def shown(piece: Piece | None) -> str:
    """One word for a piece, or a reference to Vault."""
    if piece is None or piece.side is None:
        return ABSENT
    if piece.scalar is None:
        return "(a mapping)" if piece.is_mapping else "(a list)"
    value = piece.side.value(piece.scalar)
    if value is None or value.plaintext is None:
        return "(sealed)"
    if value.kind == "str" and parse(value.plaintext.text()) is not None:
        return value.plaintext.text()
    return f"({value.kind})"
