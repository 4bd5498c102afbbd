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


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('[a]\nk = "quoted"\n', ["quoted"]),
        ("[a]\nk = 'quoted'\n", ["quoted"]),
        ("[a]\nk = 'it's'\n", ["'it's'"]),
        ("[a]\nk = `b#c;d`\n", ["b#c;d"]),
        ('[a]\nk = """x\n y\n"""\n', ["x\n y\n"]),
        ("[a]\nk = one\\\n  two\n", ["onetwo"]),
        ('[a]\n"k = l" : v\n', ["v"]),
        ("k = before any section\n", ["before any section"]),
        ("[a]\nk =\n", [""]),
    ],
)
def test_values_as_go_ini_reads_them(text: str, values: list[str]) -> None:
    document = parse("a.ini", text.encode())
    assert document.problems == ()
    assert [leaf.text for leaf in document.leaves] == values


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("[a]\nno assignment\n", "invalid-syntax", 2),
        ("[a]\n= v\n", "invalid-syntax", 2),
        ("[a]\nk = `never closed\n", "invalid-syntax", 2),
        ('[a]\nk = """x\ny\n', "invalid-syntax", 2),
        ("[a]\nk = 1\nk = 2\n", "duplicate-key", 3),
    ],
)
def test_problems(text: str, rule: str, line: int) -> None:
    assert [(one.rule, one.line) for one in parse("a.ini", text.encode()).problems] == [(rule, line)]


def test_a_key_of_the_same_name_in_another_section_is_another() -> None:
    document = parse("a.ini", b"[a]\nk = 1\n[b]\nk = 2\n[empty]\n")
    assert document.problems == ()
    assert [dotted(leaf.path) for leaf in document.leaves] == ["a.k", "b.k"]
    assert document.leaves[0].keys == ("a", "k")
