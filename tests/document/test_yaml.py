"""YAML: leaves with places."""

from __future__ import annotations

import pytest

from sealward.document import dotted, parse


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("a: b", [("a", "b", 1, 4)]),
        (
            "a:\n  b: c\n  d:\n    - e\n    - f: g\n",
            [("a.b", "c", 2, 6), ("a.d[0]", "e", 4, 7), ("a.d[1].f", "g", 5, 10)],
        ),
        ("a: |\n  x\n  y\nb: 2", [("a", "x\ny\n", 1, 4), ("b", "2", 4, 4)]),
        ("a: 'it''s'", [("a", "it's", 1, 4)]),
        ("{a: 1, b: [2, 3]}", [("a", "1", 1, 5), ("b[0]", "2", 1, 12), ("b[1]", "3", 1, 15)]),
        ("a: {}\nb: []", [("a", "", 1, 4), ("b", "", 2, 4)]),
        ("- a\n- b", [("[0]", "a", 1, 3), ("[1]", "b", 2, 3)]),
        ("a: 1\n---\nb: 2", [("a", "1", 1, 4), ("b", "2", 3, 4)]),
        ("x: &x 1\ny: *x", [("x", "1", 1, 4), ("y", "1", 1, 4)]),
        ("ü: ß", [("ü", "ß", 1, 4)]),
        ("<<: {a: 1}", [("<<.a", "1", 1, 9)]),
        ("a: b\nsops:\n  mac: x\n", [("a", "b", 1, 4)]),
    ],
)
def test_leaves(text: str, leaves: list[tuple[str, str, int, int]]) -> None:
    found = parse("a.yaml", text.encode()).leaves
    assert [(dotted(leaf.path), leaf.text, leaf.line, leaf.column) for leaf in found] == leaves


@pytest.mark.parametrize(
    ("version", "refused"), [("1.1", False), ("1.2", True), ("2.0", True), ("1.12", True), ("0.9", True)]
)
def test_sops_refuses_other_versions_of_yaml(version: str, refused: bool) -> None:
    document = parse("a.yaml", f"%YAML {version}\n---\na: b\n".encode())
    assert [problem.rule for problem in document.problems] == ["invalid-syntax"] * refused
    assert version not in ("1.1", "1.2") or [leaf.text for leaf in document.leaves] == ["b"]
