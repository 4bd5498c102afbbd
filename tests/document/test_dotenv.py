"""Dotenv by the rules of sops: no quotes, no trimming."""

from __future__ import annotations

import pytest

from sealward.document import dotted, parse


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("A=1\nB= x = y \n\nC=\n", [
            ("A", "1", "str", 1, 3), ("B", " x = y ", "str", 2, 3), ("C", "", "str", 4, 3),
        ]),
        ('A="q"\n# c\nsops_mac=x\n', [("A", '"q"', "str", 1, 3)]),
    ],
)  # fmt: skip
def test_leaves(text: str, leaves: list[tuple[str, str, str, int, int]]) -> None:
    found = parse("a.env", text.encode()).leaves
    assert [(dotted(leaf.path), leaf.text, leaf.kind, leaf.line, leaf.column) for leaf in found] == leaves
