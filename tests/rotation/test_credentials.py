"""Credentials that engines renew: which are meant, which are due, what cannot be. The rest, from end to end, is in
tests/commands/test_rotate_each_for_itself.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.rotation import credentials
from sealward.rotation.policy.policy import Policies, load
from tests.support.openbao import database

if TYPE_CHECKING:
    from tests.support.openbao import Bao


def policies(mount: str, *paths: str, generator: str = "rotate-root") -> Policies:
    text = f"policies:\n  p:\n    paths: [{', '.join(f'{mount}/{one}' for one in paths)}]\n    every: 1d\n"
    return load("rotation.yaml", f"{text}    generator: {generator}\n".encode())


@pytest.fixture
def mount(bao: Bao) -> str:
    """An engine whose mount lies deeper, with one connection."""
    mount = f"deep/{bao.mount}/database"
    database(bao, mount)
    return mount


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["config/pg"], ["config/pg"]),
        (["config/*", "config/pg"], ["config/pg"]),
        (["**"], []),
        (["creds/pg"], []),
    ],
)
def test_what_paths_alone_name(bao: Bao, mount: str, paths: list[str], found: list[str]) -> None:
    planned = credentials.choose(bao.client, policies(mount, *paths), [], None, 0.0)
    assert [one.path for one in planned.done] == found
    assert {one.mount for one in planned.done} <= {mount}
    assert all(one.ageless for one in planned.done), "an engine keeps no time of its own login"
    assert planned.failed == ()


def test_of_another_policy_nothing(bao: Bao, mount: str) -> None:
    assert credentials.choose(bao.client, policies(mount, "config/pg"), [], "q", None).done == ()


def test_what_the_token_may_not_is_known_before(bao: Bao, mount: str) -> None:
    client = bao.login(
        bao.token(
            f'path "{mount}/config/pg" {{ capabilities = ["read"] }}\n'
            'path "sys/capabilities-self" { capabilities = ["update"] }'
        )
    )
    planned = credentials.choose(client, policies(mount, "config/pg", "config/q*"), [], None, None)
    assert planned.done == ()
    assert {one.path: error.message for one, error in planned.failed} == {
        "config/pg": f"the token may not write {mount}/rotate-root/pg",
        "config/q*": f"the token may not do this on {mount}/config",
    }


def test_what_was_not_asked_is_said(bao: Bao, mount: str) -> None:
    left = credentials.untouched(credentials.choose(bao.client, policies(mount, "config/pg"), [], None, None))
    assert (left.done, len(left.failed), left.is_cut_short) == ((), 1, True)
