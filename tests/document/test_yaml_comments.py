"""Comments of YAML, bound as sops binds them."""

from __future__ import annotations

import pytest

from sealward.document import dotted, parse


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
