"""INI as go-ini, the parser of sops, reads it."""

from __future__ import annotations

import pytest

from sealward.document import dotted, parse


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("[s]\na = 1\nb=2\n[t]\nc = x y\n", [
            ("s.a", "1", "str", 2, 5), ("s.b", "2", "str", 3, 3), ("t.c", "x y", "str", 5, 5),
        ]),
        ("; c\n# d\n[s]\na = 1\n[sops]\nmac = x\n", [("s.a", "1", "str", 4, 5)]),
    ],
)  # fmt: skip
def test_leaves(text: str, leaves: list[tuple[str, str, str, int, int]]) -> None:
    found = parse("a.ini", text.encode()).leaves
    assert [(dotted(leaf.path), leaf.text, leaf.kind, leaf.line, leaf.column) for leaf in found] == leaves
