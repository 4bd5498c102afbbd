"""The reader of HCL: what it reads, where it says that something stands, and what the server takes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from sealward.policies import hcl, policy
from sealward.policies.tree import Mapping, Scalar, Sequence, Unreadable
from tests.support.policies import write
from tests.support.policy_texts import HCL, PIECES, SEEDS

if TYPE_CHECKING:
    from tests.support.openbao import Bao


def plain(value: object) -> object:
    """What was read, without places."""
    if isinstance(value, Scalar):
        return value.text
    if isinstance(value, Sequence):
        return [plain(one) for one in value.items]
    assert isinstance(value, Mapping)
    return [(*(key.text for key in one.keys), plain(one.value)) for one in value.entries]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('path "a" {}', [("path", "a", [])]),
        ("path a.b-c { x = 1, y = true }", [("path", "a.b-c", [("x", "1"), ("y", "true")])]),
        ('a = ["x", 2,] # c', [("a", ["x", "2"])]),
        ('a { "x" = [] } // c\nb {}', [("a", [("x", [])]), ("b", [])]),
        ('a = "q\\"\\u0061\\t" /* c */', [("a", 'q"a\t')]),
        ('a = "${b "c" {d}} e"', [("a", '${b "c" {d}} e')]),
        ("a = <<E\n x\ny\nE\n", [("a", " x\ny\n")]),
        ("a = <<-E\n   x\n  y\n  E\n", [("a", " x\ny\n")]),
        ("a = [[1] [2], {b = 3}]", [("a", [["1"], ["2"], [("b", "3")]])]),
        ("a = 0x1F b = -1.5e3", [("a", "0x1F"), ("b", "-1.5e3")]),
    ],
)
def test_what_is_read(text: str, read: object) -> None:
    assert plain(hcl.read(text)) == read


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ('path "a" {\n  capabilities = ["read" "list"]\n}', (2, 26), "a comma is missing"),
        ("path 'a' {}", (1, 6), "single quotes"),
        ('path "a" {\n', (1, 10), "not closed"),
        ('path "a" {\n  x = [1\n', (2, 7), "not closed"),
        ('path "a {\n}', (1, 6), "not closed"),
        ('path "a" {\n  capabilities = ["read"];\n}', (2, 26), "';' is not HCL"),
        ('path "a" = {}', (1, 10), "no `=`"),
        ('# c\n\n  path "a"', (3, 11), "needs `{`"),
        ("path \u201ca\u201d {}", (1, 6), "is not HCL"),
        ("x = /* y", (1, 5), "comment"),
        ("\ufeffpath a {}", (1, 1), "U+FEFF"),
        ("[" * 40, (1, 1), "a name is expected"),
        ("a = " + "[" * 40, (1, 37), "nested deeper"),
    ],
)
def test_what_is_wrong_and_where(text: str, place: tuple[int, int], reason: str) -> None:
    with pytest.raises(Unreadable) as wrong:
        hcl.read(text)
    assert tuple(wrong.value.at) == place
    assert reason in wrong.value.reason


def test_the_server_takes_what_is_read_and_refuses_what_is_not(bao: Bao) -> None:
    taken = {text: write(bao.client, "edge", text) for text in HCL if text.strip()}
    ours = {text: not policy.read(text.encode(), "openbao").problems for text in taken}
    assert [text for text in taken if taken[text] != ours[text]] == []
    assert 50 < sum(taken.values()) < len(taken) - 50


def test_the_server_agrees_on_mutilated_policies(bao: Bao) -> None:
    chance = random.Random(14)
    taken = {}
    for _ in range(300):
        text = chance.choice(SEEDS)
        for _ in range(chance.randint(1, 2)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(("", *PIECES)) + text[at + chance.randint(0, 2) :]
        taken[text] = write(bao.client, "mutilated", text)
    ours = {text: not policy.read(text.encode(), "openbao").problems for text in taken}
    assert [text for text in taken if taken[text] != ours[text]] == []
    assert sum(taken.values()) > 10
