"""One secret's old values: whose turn it is, what is printed only where it was done, what is written down."""

from __future__ import annotations

import json
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from sealward.rotation.policy.policy import Policy
from sealward.rotation.retirement.holdings import Holder
from sealward.rotation.retirement.notes import note
from sealward.rotation.retirement.registry import STALE
from sealward.rotation.retirement.revoking import How, Kind, Retired, Secret, Users
from sealward.times import iso

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao


class World:
    """A secret with three versions, notes of the first two, and a program that logs what it gets."""

    def __init__(self, bao: Bao, folder: Path) -> None:
        self.bao, self.folder, self.log = bao, folder, folder / "revoked"
        for number in (1, 2, 3):
            bao.put("bot", k=f"k{number}", j="same")
        bao.client.annotate(bao.mount, "bot", {**note(1, ["k", "j"], 60), **note(2, ["k", "j"], 60)})

    def policy(self, status: int = 0, wait: float = 0.0) -> Policy:
        code = (
            f"import json, sys, time; o = json.load(sys.stdin); open({str(self.log)!r}, 'a').write("
            f"json.dumps([o['version'], o['values']]) + chr(10)); time.sleep({wait}); sys.exit({status})"
        )
        return Policy(
            name="p", line=1, paths=("x/y",), every=60, retire=(sys.executable, "-c", code), grace=60
        )

    def settle(
        self, users: Users, now: float, policy: Policy | None = None, act: bool = True, at_once: bool = False
    ) -> Retired:
        chosen = policy or self.policy()
        where = (self.bao.mount, "bot")
        how = How(now=now, act=act, at_once=at_once)
        return Secret(self.bao.client, where, chosen, users, str(self.folder), how).settle()

    @property
    def calls(self) -> list[tuple[int, dict[str, str]]]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [(version, values) for version, values in map(json.loads, lines)]

    @property
    def custom(self) -> set[str]:
        return set(self.bao.client.metadata(self.bao.mount, "bot").custom)


@pytest.fixture
def world(bao: Bao, tmp_path: Path) -> World:
    return World(bao, tmp_path)


FREE = Users()
LATER = 4e9
NEVER = LATER + 61


def kinds(result: Retired) -> list[Kind]:
    return [why.kind for _, why in result.waiting]


def test_only_values_that_nobody_uses_and_each_once(world: World) -> None:
    """A sibling that is as it was is not handed out, and versions do not hide behind each other."""
    assert kinds(world.settle(FREE, LATER)) == [Kind.GRACE, Kind.GRACE]
    assert world.calls == []
    done = world.settle(FREE, NEVER).done
    assert [(one.version, one.keys) for one in done] == [(1, ("k",)), (2, ("k",))]
    assert world.calls == [(1, {"k": "k1"}), (2, {"k": "k2"})]
    assert world.custom == {"sealward-retired-1", "sealward-retired-2"}
    assert world.settle(FREE, NEVER) == Retired()


@pytest.mark.parametrize(
    ("users", "kind"),
    [
        (Users(held={1: Holder("", "a"), 2: Holder("", "a")}), Kind.PINNED),
        (Users(unknown="once it is known"), Kind.UNKNOWN),
        (Users(closed=[Holder("origin/x", "b.enc.yaml")]), Kind.CLOSED),
        (Users(reached=0, main="origin/main"), Kind.PROPOSED),
    ],
)
def test_what_it_waits_for(world: World, users: Users, kind: Kind) -> None:
    """And a grace that ran before starts again when that is over."""
    world.settle(FREE, LATER)
    assert kinds(world.settle(users, NEVER)) == [kind, kind]
    assert kinds(world.settle(FREE, NEVER)) == [Kind.GRACE, Kind.GRACE]
    assert world.calls == []


def test_pins_of_other_repositories_are_waited_for_unless_they_are_stale(world: World) -> None:
    note = f"1; {iso(LATER)}; abc"
    for own, kind in (("github.com/org/ours", Kind.REGISTERED), ("github.com/org/theirs", Kind.GRACE)):
        world.bao.client.annotate(world.bao.mount, "bot", {"sealward-pin-github.com/org/theirs": note})
        assert kinds(world.settle(Users(own=own), LATER)) == [kind, Kind.GRACE]
    world.settle(FREE, LATER)
    result = world.settle(FREE, LATER + STALE + 1)
    assert "once github.com/org/theirs no longer pins it" not in str(result)
    assert kinds(result) == [Kind.GRACE]
    result = world.settle(FREE, LATER + STALE + 120)
    assert [one.version for one in result.done] == [1]
    [warning] = result.warnings
    assert "github.com/org/theirs pinned version 1" in warning


def test_the_same_value_in_a_version_that_another_repository_pins(world: World) -> None:
    world.bao.put("bot", k="k1")
    world.bao.put("bot", k="k5")
    entry = {"sealward-pin-github.com/org/theirs": f"4; {iso(LATER)}; abc"}
    world.bao.client.annotate(world.bao.mount, "bot", entry)
    assert kinds(world.settle(FREE, LATER)) == [Kind.SAME_VALUE, Kind.GRACE]


def test_the_same_value_under_a_version_that_is_used(world: World) -> None:
    world.bao.put("bot", k="k1")  # version 4: a person went back
    world.bao.put("bot", k="k5")
    result = world.settle(Users(held={4: Holder("origin/main", "a.enc.yaml")}), LATER)
    assert kinds(result) == [Kind.SAME_VALUE, Kind.GRACE]
    assert "once a.enc.yaml no longer pins version 4, which has the same k" in result.waiting[0][1].text


def test_what_the_newest_version_has_was_not_replaced(world: World) -> None:
    world.bao.put("bot", k="k1")
    result = world.settle(FREE, LATER)
    assert [(one.version, why) for one, why in result.nothing] == [
        (1, "the newest version has the same values")
    ]
    assert "sealward-retire-1" not in world.custom


def test_without_a_policy_it_waits(world: World) -> None:
    assert kinds(world.settle(FREE, LATER, Policy(name="p", line=1, paths=()))) == [Kind.POLICY, Kind.POLICY]


def test_a_program_that_fails_leaves_the_note(world: World) -> None:
    world.settle(FREE, LATER)
    result = world.settle(FREE, NEVER, world.policy(status=3))
    assert (result.done, [one.version for one, _ in result.failed]) == ((), [1, 2])
    assert world.custom == {"sealward-retire-1", "sealward-retire-2"}, "and no claim is left"


def test_a_dry_run_changes_nothing(world: World) -> None:
    before = world.bao.client.metadata(world.bao.mount, "bot").custom
    assert kinds(world.settle(FREE, LATER, act=False)) == [Kind.GRACE, Kind.GRACE]
    assert world.bao.client.metadata(world.bao.mount, "bot").custom == before
    world.settle(FREE, LATER)
    assert [one.version for one in world.settle(FREE, NEVER, act=False).done] == [1, 2]
    assert world.calls == []


def test_two_runs_at_the_same_time_call_the_program_once(world: World) -> None:
    world.settle(FREE, LATER)
    policy = world.policy(wait=0.3)
    results: list[Retired] = []
    threads = [
        threading.Thread(target=lambda: results.append(world.settle(FREE, NEVER, policy))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(version for version, _ in world.calls) == [1, 2]
    assert sum(len(result.done) for result in results) == 2
    assert world.custom == {"sealward-retired-1", "sealward-retired-2"}


def test_at_once_revokes_what_is_in_use_and_names_who_uses_it(world: World) -> None:
    users = Users(held={1: Holder("origin/main", "a.enc.yaml")}, closed=[Holder("", "b.enc.yaml")])
    planned = world.settle(users, LATER, act=False, at_once=True)
    assert "a.enc.yaml of origin/main still pins version 1" in planned.warnings[0]
    assert "which would be revoked" in planned.warnings[0]
    assert world.calls == []
    done = world.settle(users, LATER, at_once=True)
    assert [one.version for one in done.done] == [1, 2]
    assert world.custom == {"sealward-retired-1", "sealward-retired-2"}


def test_not_even_at_once_the_newest_version(world: World) -> None:
    world.bao.client.annotate(world.bao.mount, "bot", note(3, ["k"], 60))
    assert kinds(world.settle(FREE, LATER, at_once=True)) == [Kind.NEWEST]
    assert kinds(world.settle(FREE, LATER)) == [Kind.NEWEST]


def test_without_a_grace_it_is_revoked_as_soon_as_it_is_free(world: World) -> None:
    """As an emergency notes it."""
    world.bao.client.annotate(world.bao.mount, "bot", note(1, ["k"], 0))
    assert [one.version for one in world.settle(FREE, LATER).done] == [1]
