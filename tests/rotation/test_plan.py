"""What a rotation would do, and every reason not to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.rotation import journal
from sealward.rotation.permissions import Permissions
from sealward.rotation.plan import Plan, Target, make_plan
from sealward.sealed.files import sealed_files
from sealward.sops.reading.identities import find
from tests.support.rotations import Trio

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.fixture
def trio(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    return Trio(repo, sealer, bao)


def plan(
    trio: Trio, name: str = "two", keys: tuple[str, ...] = ("key",), dirty: str = "", **more: int
) -> Plan:
    target = Target(mount=trio.bao.mount, path=f"bot/{name}", keys=keys, how="x", make=lambda _: {}, **more)  # type: ignore[arg-type]
    with Repository.around() as repository:
        sealed = list(sealed_files(repository, find()))
    permissions = Permissions(trio.bao.client, [(target.mount, target.path)])
    return make_plan(target, trio.bao.client, sealed, {dirty}, permissions)


def test_the_next_version_in_every_file_that_pins_it(trio: Trio) -> None:
    made = plan(trio)
    assert (made.current, made.new, made.good, made.resumes) == (1, 2, 1, False)
    assert [one.path for one in made.files] == ["a.enc.yaml", "b.enc.yaml"]
    assert len(made.pinned) == 2
    assert made.unpinned == ()


def test_what_was_begun_is_taken_up(trio: Trio) -> None:
    client, mount = trio.bao.client, trio.bao.mount
    journal.begin(client, mount, "bot/two", journal.Rotation("id", 2, ("key",), 1))
    trio.bao.put("bot/two", key="new", other="kept")
    made = plan(trio, dirty="a.enc.yaml")
    assert (made.new, made.good, made.resumes, made.notes) == (2, 1, True, ("id",))


def test_a_version_that_is_young_enough_is_adopted(trio: Trio) -> None:
    trio.bao.put("bot/two", key="by hand", other="kept")
    assert plan(trio, adopts=2).resumes
    assert plan(trio).new == 3


def test_what_was_rejected_is_not_carried_on(trio: Trio) -> None:
    client, mount = trio.bao.client, trio.bao.mount
    trio.bao.put("bot/three", key="bad", other="kept")
    journal.reject(client, mount, "bot/three", journal.Rotation("id", 2, ("key",), 1), [])
    made = plan(trio, "three", ("other",))
    assert (made.new, made.good, made.spoilt) == (3, 1, ("key",))


@pytest.mark.parametrize(
    ("name", "keys", "dirty", "told"),
    [
        ("nothing", ("key",), "", "no sealed file refers to"),
        ("two", ("absent",), "", "no sealed file refers to"),
        ("two", ("key",), "a.enc.yaml", "a.enc.yaml has uncommitted changes"),
    ],
)
def test_reasons_not_to_begin(trio: Trio, name: str, keys: tuple[str, ...], dirty: str, told: str) -> None:
    with pytest.raises(SealwardError, match=told):
        plan(trio, name, keys, dirty)


def test_a_mount_that_keeps_too_few_versions(trio: Trio) -> None:
    trio.bao.client.post(f"{trio.bao.mount}/metadata/bot/two", max_versions=1)
    with pytest.raises(SealwardError, match="keeps one version only"):
        plan(trio)
