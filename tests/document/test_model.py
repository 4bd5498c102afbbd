"""The tree that every store is read into: leaves in order, with paths, comments and bounds."""

from __future__ import annotations

import pytest

from sealward.document import parse
from sealward.document.model import (
    MAX_COMMENTS,
    Document,
    Entry,
    Mapping,
    Part,
    Path,
    Scalar,
    Sequence,
    Unreadable,
    dotted,
    is_comment_item,
)
from tests.support.examples import ciphertext


def scalar(text: str) -> Scalar:
    return Scalar(text, "str", 1, 1)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("a",), "a"),
        (("db", "hosts", 0), "db.hosts[0]"),
        ((0, "a"), "[0].a"),
        (("a", 1, 2), "a[1][2]"),
    ],
)
def test_the_human_form_of_a_path(path: Path, text: str) -> None:
    assert dotted(path) == text


def test_a_mapping_keeps_duplicates_and_gives_the_first() -> None:
    node = Mapping(1, 1)
    node.entries = [Entry(scalar("a"), scalar("one")), Entry(scalar("a"), scalar("two"))]
    found = node.get("a")
    assert isinstance(found, Scalar)
    assert found.text == "one"
    assert node.get("b") is None
    assert [leaf.text for leaf in Part(0, node).leaves] == ["one", "two"]


def test_comments_of_ancestors_are_active_for_a_leaf() -> None:
    inner = Mapping(1, 1)
    inner.entries = [Entry(scalar("b"), scalar("x"), ("of b",))]
    root = Mapping(1, 1)
    root.entries = [Entry(scalar("a"), inner, ("of a",))]
    assert [leaf.comments for leaf in Part(0, root).leaves] == [("of a", "of b")]


def test_empty_containers_are_leaves_of_their_own_kind() -> None:
    root = Sequence(1, 1)
    root.items, root.comments = [Mapping(1, 1), Sequence(1, 1)], [(), ()]
    assert [(leaf.path, leaf.kind) for leaf in Part(0, root).leaves] == [((0,), "empty"), ((1,), "empty")]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [(ciphertext("x").replace("type:str", "type:comment"), True), (ciphertext("x"), False), ("ENC[", False)],
)
def test_encrypted_comments_in_a_list_take_no_index(text: str, is_one: bool) -> None:
    assert is_comment_item(text) is is_one
    root = Sequence(1, 1)
    root.items, root.comments = [scalar(text), scalar("x")], [(), ()]
    assert [leaf.path for leaf in Part(0, root).leaves] == [(0,), (0 if is_one else 1,)]


def test_selectors_see_keys_and_no_indexes() -> None:
    [leaf] = parse("a.yaml", b"a:\n- b: 1\n").leaves
    assert (leaf.path, leaf.keys) == (("a", 0, "b"), ("a", "b"))


def test_a_document_without_parts_has_no_metadata() -> None:
    assert Document("a", "yaml", "", (), ()).metadata is None


def test_a_pile_of_comments_over_very_many_values_is_refused() -> None:
    root = Sequence(1, 1)
    many = 1000
    root.items, root.comments = [scalar("x")] * many, [("c",) * (MAX_COMMENTS // many + 1)] * many
    with pytest.raises(Unreadable, match="too many comments"):
        Part(0, root)
