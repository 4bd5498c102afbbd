"""Comments of YAML, bound as sops binds them."""

from __future__ import annotations

import pytest

from sealward.document import dotted, parse
from sealward.document.yaml_comments import find_comments


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


def test_a_text_without_a_mark_has_no_comments() -> None:
    assert find_comments("a: b#c\nd: 1\n") is None


def test_comments_are_taken_in_order_once() -> None:
    text = "# one\na: 1 # two\n# three\n"
    found = find_comments(text)
    assert found is not None
    assert found.on_line(1) is None
    assert list(found.before(text.index("a:"))) == [(" one", 1, 1)]
    assert found.on_line(1) == (" two", 2, 6)
    assert list(found.before(len(text))) == [(" three", 3, 1)]
    assert found.on_line(2) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a: | # of the header\n  # text\n", [" of the header"]),
        ("a: |\n  # text\n# behind it\n", [" behind it"]),
        ("- | # of the header\n  # text\n- >-\n  # more\n", [" of the header"]),
        ("a: |\n  x\n  # text # more\nb: 1 # z # still z\n", [" z # still z"]),
        ("a: 'x # y'\n", []),
        ("a: 'x # y' # z\n", [" z"]),
        ('a: "x # y"\nb: 1 # z\n', [" z"]),
        ("a:\n  'x # y'\n", []),
        ("a: # z\n  'x # y'\n", [" z"]),
        ("- 'x # y'\n- {a: 'x # y'}\n", []),
    ],
)
def test_what_stands_inside_a_scalar_is_no_comment(text: str, left: list[str]) -> None:
    comments = parse("a.yaml", text.encode()).parts[0].comments
    assert [one.text for one in comments] == left


def test_a_comment_behind_a_value_has_its_key_path() -> None:
    comments = parse("a.yaml", b"a:\n  b: 1 # x\n  c: # y\n    d: 2\n").parts[0].comments
    assert [(one.text, dotted(one.path)) for one in comments] == [(" x", "a.b"), (" y", "a.c")]
