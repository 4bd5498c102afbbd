"""YAML: leaves with places, kinds as go-yaml resolves them, comments bound as sops binds them."""

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
    ("text", "kind"),
    [
        ("1", "int"),
        ("0x1F", "int"),
        ("0o17", "int"),
        ("1_000", "int"),
        ("1.5", "float"),
        ("1e3", "float"),
        (".inf", "float"),
        ("true", "bool"),
        ("False", "bool"),
        ("yes", "str"),
        ("on", "str"),
        ("~", "null"),
        ("", "null"),
        ("null", "null"),
        ("'1'", "str"),
        ('"true"', "str"),
        ("!!str 1", "str"),
        ("!!binary aGk=", "binary"),
        ("2001-12-14", "time"),
        ("1:30", "str"),
        ("{}", "empty"),
        ("[]", "empty"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert [leaf.kind for leaf in parse("a.yaml", f"a: {text}\n".encode()).leaves] == [kind]


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("# x\na: 1\n", {"a": (" x",)}),
        ("a: 1 # x\nb: 2\n", {"a": (" x",), "b": ()}),
        ("a:\n  # x\n  b: 1\n  c: 2\n", {"a.b": (" x",), "a.c": ()}),
        ("# x\na:\n  b: 1\n", {"a.b": (" x",)}),
        ("a: '# no comment'\n", {"a": ()}),
        ("a: |\n  # no comment\n", {"a": ()}),
        ("a: b#no\n", {"a": ()}),
    ],
)
def test_comments_stand_before_what_they_belong_to(text: str, comments: dict[str, tuple[str, ...]]) -> None:
    leaves = parse("a.yaml", text.encode()).leaves
    assert {dotted(leaf.path): leaf.comments for leaf in leaves} == comments


def test_a_comment_has_its_place() -> None:
    part = parse("a.yaml", b"a: 1\nb:\n  # here\n  c: 2\n# end\n").parts[0]
    assert [(c.text, c.line, c.column) for c in part.comments] == [(" here", 3, 3), (" end", 5, 1)]
