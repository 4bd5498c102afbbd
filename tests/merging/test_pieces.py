"""Pieces with conflicts: named by key path, and settled for a side."""

from __future__ import annotations

from sealward.document.model import Scalar
from sealward.merging.pieces import Conflict, Piece, chosen, conflicts


def test_conflicts_are_found_and_settled() -> None:
    ours, theirs = (Piece("a", Scalar(text, "str", 1, 1)) for text in ("o", "t"))
    around = Piece("m", Scalar("", "str", 1, 1))
    around.children = [
        Conflict(None, ours, theirs, "why"),
        Conflict(None, None, Piece("b", theirs.node), "why"),
    ]
    assert [path for path, _ in conflicts([around])] == [("m", "a"), ("m", "b")]
    taken = chosen([around], lambda path: "ours" if path[-1] == "a" else "")
    assert taken[0].children[0] is ours
    assert [path for path, _ in conflicts(taken)] == [("m", "b")]
    assert chosen([around], lambda _: "ours")[0].children == [ours]
    assert [path for path, _ in conflicts([around])] == [("m", "a"), ("m", "b")], "the pieces themselves stay"
