"""What a rotation leaves to be revoked: what was pinned, what lay in between, with every key that moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.git import Repository
from sealward.rotation.permissions import Permissions
from sealward.rotation.plan import Plan, Target, make_plan
from sealward.rotation.retirement import notes
from sealward.rotation.retirement.replaced import noted
from sealward.sealed.files import sealed_files
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.fixture
def plan(repo: Repo, sealer: Sealer, bao: Bao) -> Plan:
    for number in range(1, 4):
        bao.put("bot", k=f"k{number}", j=f"j{number}")
    where = f"vault:{bao.mount}/data/bot"
    text = f"a: {where}#k#1\nb: {where}#j#2\n"
    repo.commit({".sops.yaml": sealer.rules(), "s.enc.yaml": sealer.seal("s.enc.yaml", text)})
    target = Target(mount=bao.mount, path="bot", keys=("k",), how="", make=lambda _: {}, accepts="yes")
    with Repository(str(repo.path), "") as repository:
        sealed = list(sealed_files(repository, find()))
        return make_plan(target, bao.client, sealed, set(), Permissions(bao.client, [(bao.mount, "bot")]))


def left(plan: Plan, bao: Bao) -> dict[str, str]:
    return {name: text for name, text in noted(plan, 60, bao.client, 0.0).items() if text is not None}


def test_every_version_and_every_key_that_moved(plan: Plan, bao: Bao) -> None:
    names = [f"sealward-retire-{number}" for number in (1, 2, 3)]
    assert left(plan, bao) == dict.fromkeys(names, "after 60s: k,j")
    managed = plan._replace(target=plan.target._replace(managed=("k",)))
    assert left(managed, bao) == dict.fromkeys(names, "after 60s: k")


def test_what_was_noted_before_keeps_its_keys_and_in_between_its_date(plan: Plan, bao: Bao) -> None:
    before = {
        name: f"from 2026-01-31T12:00:00Z: {name[-1]}" for name in ("sealward-retire-1", "sealward-retire-3")
    }
    bao.client.annotate(bao.mount, "bot", before)
    found = left(plan, bao)
    assert found["sealward-retire-1"] == "after 60s: 1,k,j", "it was pinned until now"
    assert found["sealward-retire-3"] == "from 2026-01-31T12:00:00Z: 3,k,j"


def test_what_was_deleted_is_not_noted(plan: Plan, bao: Bao) -> None:
    bao.client.post(f"{bao.mount}/destroy/bot", versions=[3])
    held = plan._replace(good=1)
    assert [name for name in left(held, bao) if name.startswith(notes.WAITING)] == [
        "sealward-retire-1",
        "sealward-retire-2",
    ]
