"""Who governs a path, in words."""

from __future__ import annotations

import pytest

from sealward.policies import policy
from sealward.policies.contest import explained


def asked(path: str, *patterns: str, listing: bool = False) -> list[tuple[str, str]]:
    text = "\n".join(f'path "{one}" {{ capabilities = ["read"] }}' for one in patterns)
    found = explained([("x.hcl", policy.read(text.encode()))], path, listing)
    return [(one.pattern, one.why) for one in ((found.winner, *found.losers) if found.winner else ())]


@pytest.mark.parametrize(
    ("path", "patterns", "order"),
    [
        ("a/b", ["a/*", "a/b"], [("a/b", ""), ("a/*", "the other is the very path")]),
        ("a/b", ["a/*", "a/b*"], [("a/b*", ""), ("a/*", "the other begins with more of the path")]),
        ("a/b", ["+/b", "a/+"], [("a/+", ""), ("+/b", "its first wildcard stands earlier")]),
        ("a/b", ["a/*", "a/+"], [("a/+", ""), ("a/*", "it ends in `*`")]),
        ("a/b/c", ["a/+/+", "a/+/c"], [("a/+/c", ""), ("a/+/+", "it has more `+`")]),
        ("a/b/cd", ["a/+/c*", "a/+/*"], [("a/+/c*", ""), ("a/+/*", "it is shorter")]),
        ("/a", ["b"], []),
    ],
)
def test_why(path: str, patterns: list[str], order: list[tuple[str, str]]) -> None:
    assert asked(path, *patterns) == order


@pytest.mark.parametrize(
    ("path", "pattern", "hint"),
    [
        ("secret/bot", "secret/data/bot", "its values are at secret/data/bot"),
        ("secret/data/bot", "secret/bot", "misses `data/`"),
        ("v1/secret/data/bot", "secret/data/bot", "ask about secret/data/bot"),
        ("secret/data/bot", "secret/data/Bot", "other capitals"),
        ("other/x", "secret/data/bot", ""),
    ],
)
def test_what_was_probably_meant(path: str, pattern: str, hint: str) -> None:
    text = f'path "{pattern}" {{ capabilities = ["read"] }}'
    found = explained([("x.hcl", policy.read(text.encode()))], path)
    assert found.winner is None
    assert hint in found.hint
    assert bool(hint) == bool(found.hint)


def test_policies_of_one_token_are_united_and_an_ended_rule_is_none() -> None:
    one = policy.read(b'\npath "a" { capabilities = ["read"] }')
    two = policy.read(
        b'path "a" { capabilities = ["list"] }\npath "a*" { expiration = 5 capabilities = ["sudo"] }'
    )
    found = explained([("one.hcl", one), ("two.hcl", two)], "a", now=6)
    assert found.winner is not None
    assert (found.winner.places, found.winner.capabilities) == (("one.hcl:2", "two.hcl:1"), ("list", "read"))
    assert found.losers == ()
