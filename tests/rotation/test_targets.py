"""Which secrets a run means: named, of a policy, due by a clock that is handed in, left unfinished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.rotation import journal
from sealward.rotation.policy.policy import find as find_policies
from sealward.rotation.targets import Chooser, as_referred, nothing_due
from sealward.sealed.files import Sealed, sealed_files
from sealward.sops.reading.identities import find
from sealward.times import seconds_of
from tests.support.rotations import NAMES, Trio

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

WEEK = 7 * 86400


class World:
    def __init__(self, trio: Trio) -> None:
        self.trio, self.mount, self.client = trio, trio.bao.mount, trio.bao.client
        top = str(trio.repo.path)
        with Repository.around() as repository:
            self.sealed: list[Sealed] = list(sealed_files(repository, find()))
        self.chooser = Chooser(self.client, find_policies(top), top)

    def written(self, name: str, version: int = 1) -> float:
        return seconds_of(self.client.metadata(self.mount, f"bot/{name}").versions[version].created) or 0.0


@pytest.fixture
def world(repo: Repo, sealer: Sealer, bao: Bao) -> World:
    return World(Trio(repo, sealer, bao))


def test_named_ones_by_the_policy_or_by_what_is_said(world: World) -> None:
    secret = (world.mount, "bot/one")
    assert world.chooser.named(secret, ("key",), None).how == "made by hex:16"
    assert world.chooser.named(secret, ("key",), "password:40").how == "made by password:40"
    assert world.chooser.named(("other", "x"), ("key",), None).how.startswith("made by ")


def test_all_and_those_of_a_policy(world: World) -> None:
    wanted = sorted(f"{world.mount}/bot/{name}" for name in NAMES)
    assert [one.name for one in world.chooser.all(world.sealed)] == wanted
    assert [one.name for one in world.chooser.of_policy("keys", world.sealed)] == wanted
    with pytest.raises(SealwardError, match="kyes"):
        world.chooser.of_policy("kyes", world.sealed)


def test_what_is_due_by_the_clock(world: World) -> None:
    newest = max(world.written(name) for name in NAMES)
    assert world.chooser.due(world.sealed, newest + WEEK - 60) == []
    due = world.chooser.due(world.sealed, newest + WEEK)
    assert len(due) == 3
    assert {one.adopts for one in due} == {None}


def test_a_newer_version_that_is_young_is_adopted(world: World) -> None:
    world.trio.bao.put("bot/one", key="by hand")
    now = world.written("one") + WEEK
    if world.written("one", 2) > world.written("one"):
        [first, *_] = [one for one in world.chooser.due(world.sealed, now) if one.path == "bot/one"]
        assert first.adopts == 2


def test_what_was_begun_and_what_was_given_up(world: World) -> None:
    journal.begin(world.client, world.mount, "bot/one", journal.Rotation("a", 2, ("key",), 1))
    journal.begin(world.client, world.mount, "bot/two", journal.Rotation("b", 2, ("key",), 1))
    world.trio.bao.put("bot/two", key="new")
    assert [(one.path, one.why) for one in world.chooser.unfinished(world.sealed)] == [
        ("bot/two", "unfinished")
    ]
    [(secret, identity, why)] = world.chooser.abandoned(world.sealed)
    assert (secret, identity) == ((world.mount, "bot/one"), "a")
    assert "had not written its new version" in why


def test_without_a_policy_nothing_is_made_by_one(world: World) -> None:
    assert world.chooser.by_policy(("other", "x"), ("k",), "why") is None
    assert "names no policy with `every`" in nothing_due(world.chooser.policies).message


def test_a_revoked_pin_is_due_at_once(world: World) -> None:
    """A newer version is there and young: it is pinned; without one a new one is made."""
    world.client.annotate(world.mount, "bot/two", {"sealward-retired-1": "2026-01-31T12:00:00Z"})
    [alone] = world.chooser.due(world.sealed, world.written("two"))
    assert (alone.path, alone.adopts, alone.why) == ("bot/two", None, "its version was revoked")
    world.trio.bao.put("bot/two", key="new")
    [newer] = world.chooser.due(world.sealed, world.written("two", 2))
    assert newer.adopts == 2


def test_a_secret_as_files_refer_to_it(world: World) -> None:
    secret = (world.mount, "bot/one")
    assert as_referred(secret, world.sealed) == secret
    assert as_referred(("x", "y"), world.sealed) == ("x", "y")
