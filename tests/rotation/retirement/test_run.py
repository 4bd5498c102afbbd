"""Which old values a run looks after: those of all that was ever referred to here, and only with notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.git import Repository
from sealward.rotation.policy.policy import load
from sealward.rotation.retirement.notes import note
from sealward.rotation.retirement.revoking import How
from sealward.rotation.retirement.run import OldValues
from sealward.sealed.files import sealed_files
from sealward.sops.reading.identities import find
from tests.support.rotations import Trio

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


def test_which_secrets_are_looked_after(repo: Repo, sealer: Sealer, bao: Bao) -> None:
    """One is referred to, one was, one is named by a policy alone; one that this token may not see has no notes."""
    trio = Trio(repo, sealer, bao)
    bao.put("alone", key="x")
    for path in ("bot/one", "bot/two", "alone"):
        bao.put(path, key="new")
        bao.client.annotate(bao.mount, path, note(1, ["key"], 60))
    text = f"other: vault:{bao.mount}/data/bot/three#other#1\none: vault:{bao.mount}/data/bot/one#key#2\n"
    repo.commit({name: trio.sealer.seal(name, text) for name in ("a.enc.yaml", "b.enc.yaml")})
    paths = f"{bao.mount}/bot/*, {bao.mount}/alone, {bao.mount}/none"
    policies = load(
        "p",
        f"policies:\n  p:\n    paths: [{paths}]\n    every: 7d\n    retire: [x]\n    grace: 1d\n".encode(),
    )
    with Repository(str(repo.path), "") as repository:
        sealed = list(sealed_files(repository, find()))
        old = OldValues(repository, find(), bao.client, policies, sealed)
        waiting = {one.path for one, _ in old.settle(None, How(now=0.0, act=False)).waiting}
        assert waiting == {"bot/one", "bot/two", "alone"}
        only = old.settle((bao.mount, "bot/two"), How(now=0.0, act=False)).waiting
        assert [one.path for one, _ in only] == ["bot/two"]
