"""Which rule governs a path: the real server is asked, and says the same of every one."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from sealward.policies import policy
from sealward.policies.acl import Book, meet, pattern, within
from tests.support import policies as drawn

if TYPE_CHECKING:
    from tests.support.openbao import Bao


@pytest.mark.parametrize(
    ("text", "matches", "others"),
    [
        ("a/b", "a/b", "a a/ a/b/ a/bc A/b"),
        ("/a", "a", "/a"),
        ("a*", "a ab a/b/c", "b"),
        ("a/*", "a/ a/b a/b/c", "a"),
        ("a/*/b", "a/*/b", "a/c/b"),
        ("a/+", "a/b a/", "a a/b/c"),
        ("+/x", "a/x /x", "x a/b/x"),
        ("a/+/b*", "a/x/b a/x/bc/d a//b", "a/x/c a/b"),
        ("a+", "a+", "ab"),
        ("a/b+c", "a/b+c", "a/bxc"),
        ("*", "a a/b sys/raw", ""),
    ],
)
def test_pattern(text: str, matches: str, others: str) -> None:
    assert all(pattern(text).matches(path) for path in matches.split())
    assert not any(pattern(text).matches(path) for path in others.split())


@pytest.mark.parametrize(
    ("patterns", "path", "order"),
    [
        ("* a/* a/b", "a/b", "a/b a/* *"),
        ("a/+ a/*", "a/b", "a/+ a/*"),
        ("+/b a/+", "a/b", "a/+ +/b"),
        ("a/+/+ a/+/c", "a/b/c", "a/+/c a/+/+"),
        ("a/+/* a/+/c*", "a/b/cd", "a/+/c* a/+/*"),
        ("a/b", "a/c", ""),
    ],
)
def test_contest(patterns: str, path: str, order: str) -> None:
    found = Book(map(pattern, patterns.split())).contest(path)
    won = [found.winner.text] if found.winner else []
    assert [*won, *(one.text for one in found.losers)] == order.split()


def test_a_list_is_asked_with_and_without_its_slash() -> None:
    book = Book([pattern("a/b")])
    assert book.governs("a/b/", listing=True) == pattern("a/b")
    assert book.governs("a/b/") is None


@pytest.mark.parametrize(
    ("one", "others", "is_within"),
    [
        ("a/b", "a/+", True),
        ("a/+", "a/b a/c", False),
        ("a/+", "a/*", True),
        ("a/*", "a/+", False),
        ("a/*", "a/+ a/+/*", True),
        ("a/*", "a/+/*", False),
        ("a/b*", "a/*", True),
        ("a/b*", "a/bc* a/b", False),
        ("*", "a/*", False),
        ("+/x", "a/x b/x", False),
        ("+/x", "+/+", True),
        ("a/+/x", "a/b/x a/+/*", True),
        ("a/b", "", False),
    ],
)
def test_within(one: str, others: str, is_within: bool) -> None:
    assert within(pattern(one), map(pattern, others.split())) is is_within


@pytest.mark.parametrize(
    ("one", "other", "do_meet"),
    [
        ("a/+", "+/b", True),
        ("a/b", "a/c", False),
        ("a/*", "a/b/c", True),
        ("a/b*", "a/bc", True),
        ("a/b*", "a/c*", False),
        ("a/+", "a/b/c", False),
        ("a*", "abc/+/d", True),
        ("*", "sys/raw", True),
    ],
)
def test_meet(one: str, other: str, do_meet: bool) -> None:
    assert meet(pattern(one), pattern(other)) is do_meet
    assert meet(pattern(other), pattern(one)) is do_meet


def test_within_and_meet_agree_with_what_patterns_match() -> None:
    chance = random.Random(1)
    for _ in range(300):
        one, *others = (pattern(drawn.pattern(chance)) for _ in range(4))
        paths = [drawn.path(chance, [one.text]).lstrip("/") for _ in range(20)]
        mine = [path for path in paths if one.matches(path)]
        if within(one, others):
            assert all(any(other.matches(path) for other in others) for path in mine)
        for other in others:
            assert meet(one, other) or not any(other.matches(path) for path in mine)


def test_the_server_decides_the_same_over_random_policies_of_one_and_several_in_a_token(bao: Bao) -> None:
    chance = random.Random(bao.server.root_token)
    pairs = granted = 0
    for _ in range(100):
        rules = [[drawn.rule(chance) for _ in range(chance.randint(1, 6))] for _ in range(2)]
        texts = ["".join(rule.text for rule in some) for some in rules]
        assert all(drawn.write(bao.client, f"drawn-{at}", text) for at, text in enumerate(texts))
        ours = policy.merged(rule for text in texts for rule in policy.read(text.encode(), "openbao").rules)
        book = Book(ours)
        token = drawn.token(bao.client, ["drawn-0", "drawn-1"])
        patterns = [rule.pattern for some in rules for rule in some]
        paths = list({path for path in (drawn.path(chance, patterns).lstrip("/") for _ in range(80)) if path})
        for path, said in drawn.asked(bao.client, token, paths).items():
            winner = book.governs(path, listing=True)
            assert (ours[winner] if winner else set()) or {"deny"} == said, (path, texts)
            pairs += 1
            granted += said != {"deny"}
    assert pairs > 3_000
    assert granted > 1_000
