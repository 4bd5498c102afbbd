"""Policies that govern nothing are named, with the reason."""

from __future__ import annotations

import pytest

from sealward.rotation.policy.policy import load
from sealward.status.idle import idle

SECRETS = [("secret", "bot/a"), ("secret", "bot/b"), ("kv/team", "alerts/x")]


@pytest.mark.parametrize(
    ("policies", "found"),
    [
        ({"p": "secret/bot/*"}, {}),
        ({"p": "secrets/bot/*"}, {"p": "no sealed file refers to"}),
        ({"p": "secret/bot/*", "q": "secret/bot/a"}, {"q": "taken by an earlier policy (p)"}),
        ({"p": "secret/bot/a", "q": "secret/bot/*"}, {}),
        ({"p": "secret/bot/a", "q": "secret/bot/b", "r": "secret/bot/**"}, {"r": "earlier policy (p, q)"}),
        ({"p": "kv/team/data/alerts/*"}, {}),
        ({"p": "kv/team/alerts/*"}, {}),
    ],
)
def test_what_governs_nothing(policies: dict[str, str], found: dict[str, str]) -> None:
    text = "policies:\n" + "".join(
        f"  {name}:\n    paths: [{glob}]\n    every: 7d\n" for name, glob in policies.items()
    )
    told = {one.policy: one.reason for one in idle(load("p.yaml", text.encode()), SECRETS)}
    assert told.keys() == found.keys()
    assert all(found[name] in told[name] for name in found)


def test_engines_that_renew_by_themselves_need_no_reference() -> None:
    text = (
        b"policies:\n  root:\n    paths: [database/config/db]\n    every: 30d\n    generator: rotate-root\n"
    )
    assert list(idle(load("p.yaml", text), [])) == []
