"""Pins moved by hand; `tests/commands/test_pin.py` has the cases of the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.rotation import pinning
from sealward.rotation.policy.policy import Policy
from sealward.sealed.files import sealed_files
from sealward.sops.reading.identities import find
from tests.support.rotations import Trio

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


def test_a_newer_version_leaves_the_old_one_to_be_revoked(repo: Repo, sealer: Sealer, bao: Bao) -> None:
    trio = Trio(repo, sealer, bao)
    bao.put("bot/two", key="second")
    bao.put("bot/four", key="first")
    policy = Policy(name="p", line=1, paths=(), keys=("key",), retire=("x",), grace=60)
    where = (bao.mount, "bot/two")
    with Repository(str(repo.path), "") as repository:
        sealed = list(sealed_files(repository, find()))
        for version, noted in ((1, {}), (2, {"sealward-retire-1": "after 60s: key"})):
            plan = pinning.planned(bao.client, where, version, sealed, policy)
            pinning.put(pinning.prepared(plan, find(), set()))
            pinning.left_behind(plan, policy, bao.client, 0.0)
            assert bao.client.metadata(*where).custom == noted
        with pytest.raises(SealwardError, match="no sealed file pins"):
            pinning.planned(bao.client, (bao.mount, "bot/four"), 1, sealed, policy)
    assert trio.pins()["two"] == {2}
