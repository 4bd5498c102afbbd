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


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("A=1\nA=2\n", []),
        ("A=1\nA=1\n", [("duplicate-key", 2)]),
        ("sops_mac=a\nsops_mac=b\n", [("duplicate-key", 2)]),
        ("no assignment\n", [("invalid-syntax", 1)]),
        ("A=1\n export\n", [("invalid-syntax", 2)]),
        ("A=1\n\n#c\n", []),
    ],
)
def test_problems(text: str, problems: list[tuple[str, int]]) -> None:
    """sops seals a key twice, each value for itself; but never one ciphertext twice."""
    assert [(one.rule, one.line) for one in parse("a.env", text.encode()).problems] == problems


def test_windows_line_endings_of_a_sealed_file_are_named_and_those_of_another_are_kept() -> None:
    sealed = parse("a.env", b"A=1\r\nsops_mac=x\r\n")
    assert [(one.rule, one.line) for one in sealed.problems] == [("invalid-syntax", 2)]
    assert "CRLF" in sealed.problems[0].message
    assert ".gitattributes" in sealed.problems[0].hint
    assert sealed.leaves[0].text == "1"
    assert parse("a.env", b"A=1\r\n").leaves[0].text == "1\r"


def test_comments_stand_before_what_they_belong_to() -> None:
    leaves = parse("a.env", b"# one\n#two\nA=1\nB=2\n").leaves
    assert [leaf.comments for leaf in leaves] == [(" one", "two"), ()]


def test_a_newline_in_a_value_is_two_bytes() -> None:
    assert parse("a.env", b"A=x\\ny\n").leaves[0].text == "x\ny"
