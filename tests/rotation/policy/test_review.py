"""Policies that say something in vain are named, and those that do not are not."""

from __future__ import annotations

import pytest

from sealward.rotation.policy.policy import load
from sealward.rotation.policy.review import defects

SECRETS = [("secret", "bot/a"), ("secret", "bot/b")]


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["secret/bot/*"], []),
        (["secret/bot/a", "secret/bot/*"], []),
        (["secret/bto/*"], ["p0 names no secret"]),
        (["secret/**", "secret/bot/a"], ["p1 never holds: p0, which stands before it"]),
        (["secret/bot/a", "secret/bot/b", "secret/**"], ["p2 never holds: p0, p1"]),
    ],
)
def test_named(paths: list[str], found: list[str]) -> None:
    text = "policies:\n" + "".join(
        f"  p{number}:\n    paths: [{one}]\n    every: 1d\n" for number, one in enumerate(paths)
    )
    said = defects(load("p.yaml", text.encode()), SECRETS)
    assert len(said) == len(found)
    assert all(words in line for words, line in zip(found, said, strict=True))


def test_what_an_engine_renews_needs_no_reference() -> None:
    text = "policies:\n  p:\n    paths: [db/config/pg]\n    every: 1d\n    generator: rotate-root\n"
    assert defects(load("p.yaml", text.encode()), SECRETS) == []
