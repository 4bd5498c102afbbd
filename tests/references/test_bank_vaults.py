"""References of bank-vaults: as a whole value, inline, and inside other text."""

from __future__ import annotations

import pytest

from sealward.references.bank_vaults import INSIDE, inline, inside, whole


@pytest.mark.parametrize(
    ("text", "keys", "version", "problem"),
    [
        ("vault:secret/data/a#k#7", ["k"], 7, ""),
        (">>bao:secret/data/a#k", ["k"], None, ""),
        (" vault:secret/data/a#k#7\n", ["k"], 7, "has stray blanks"),
        ("vault:secret/data/a #k#7", ["k"], 7, "has stray blanks"),
        ("vault:secret/data/a#${.x}:${.y}#7", ["x", "y"], 7, ""),
        ("vault:secret/data/a#${. | toJson}", [""], None, ""),
        ('>>vault:secret/data/a#k#{"k": 1}', ["k"], None, ""),
    ],
)
def test_a_whole_value(text: str, keys: list[str], version: int | None, problem: str) -> None:
    found = whole(text)
    assert found is not None
    assert [one.key for one in found.references] == keys
    assert {one.version for one in found.references} == {version}
    assert found.problem == problem
    assert bool(found.right) == bool(problem)


@pytest.mark.parametrize(
    "text",
    ["", "vault", "vault:secret/data/a", "vault:secret/data/a#k#v7", "vault:secret/data/a#k#0", "vault://a/b#c",
     "vault: see chapter #3", "vault:kv/a#k#7", "x vault:secret/data/a#k"],
)  # fmt: skip
def test_what_is_no_value(text: str) -> None:
    assert whole(text) is None


def test_inline_is_read_where_it_begins() -> None:
    text = "postgres://${vault:secret/data/a#k#7}@db"
    found = inline(text, text.index("$"))
    assert found is not None
    assert text[found.start : found.end] == "${vault:secret/data/a#k#7}"
    assert text[slice(*found.pin)] == "7"
    assert inline(text, 0) is None
    assert inline("${vault:secret/data/a}", 0) is None
    assert inline("${vault:secret/data/a#k", 0) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"x": "vault:secret/data/a#k#7"}', ""),
        ("K=vault:secret/data/a#k#7\n", ""),
        ("u:vault:secret/data/a#k#7", ""),
        ("u.vault:secret/data/a#k#7", INSIDE),
    ],
)
def test_inside_other_text(text: str, problem: str) -> None:
    start = text.index("vault:")
    found = inside(text, start, start + len("vault:"))
    if problem == "" and text.startswith("u:"):
        problem = INSIDE
    assert found is not None
    assert found.problem == problem
    assert [one.version for one in found.references] == [7]


@pytest.mark.parametrize(
    "text", ["https://vault:8200/data/a#k#7", "myvault:secret/data/a#k#7", "a vault:kv/a#k b"]
)
def test_inside_text_that_means_something_else(text: str) -> None:
    start = text.index("vault:")
    assert inside(text, start, start + len("vault:")) is None
