"""One rotation step by step: the order that a crash relies on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.rotation import steps
from sealward.rotation.batch import Batch
from sealward.rotation.policy.policy import find as find_policies
from sealward.rotation.targets import Chooser
from sealward.sealed.files import sealed_files
from sealward.sops.reading.identities import find
from tests.support.rotations import Trio, under_way

if TYPE_CHECKING:
    from sealward.rotation.plan import Target
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.fixture
def trio(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    return Trio(repo, sealer, bao)


def prepared(trio: Trio) -> steps.Prepared:
    with Repository.around() as repository:
        sealed = list(sealed_files(repository, find()))
        chooser = Chooser(trio.bao.client, find_policies(repository.top), repository.top)
        batch = Batch(trio.bao.client, find(), sealed, set())
        [one] = batch.prepare([chooser.named((trio.bao.mount, "bot/two"), ("key",), None)]).prepared
        return one


def test_the_order_of_steps(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    one, seen = prepared(trio), list[str]()
    monkeypatch.setattr(steps, "checkpoint", seen.append)
    assert steps.rotate(one, trio.bao.client, lambda *_: None, now=lambda: 0.0) is None
    assert seen == [
        "generated", "verified", "noted", "written", "replaced a.enc.yaml", "replaced b.enc.yaml", "ended",
    ]  # fmt: skip
    assert trio.pins()["two"] == {2}
    assert under_way(trio.bao.client.metadata(trio.bao.mount, "bot/two").custom) == {}


def test_values_that_fail_their_verification_are_not_written(trio: Trio) -> None:
    tried: list[object] = []

    def verify(target: Target, version: int) -> None:
        tried.append(target.tried)
        raise SealwardError(f"version {version} of {target.name} does not work", "see why")

    with pytest.raises(SealwardError, match=r"version 2 of .* does not work; nothing was written to Vault"):
        steps.rotate(prepared(trio), trio.bao.client, verify, now=lambda: 0.0)
    assert trio.pins()["two"] == {1}
    assert (trio.versions()["two"], len(tried)) == (1, 1)


def test_what_is_to_be_retired_is_noted_and_waits_until_nothing_deployed_holds_it(trio: Trio) -> None:
    one = prepared(trio)
    one = one._replace(plan=one.plan._replace(target=one.plan.target._replace(grace=60)))
    assert steps.rotate(one, trio.bao.client, now=lambda: 86400.0) is None
    custom = trio.bao.client.metadata(trio.bao.mount, "bot/two").custom
    assert under_way(custom) == {"sealward-retire-1": "after 60s: key"}
