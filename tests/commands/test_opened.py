"""What the commands about one secret have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.commands.opened import opened
from sealward.errors import SealwardError
from tests.support.rotations import Trio

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


def test_the_repository_the_server_and_the_secret(repo: Repo, sealer: Sealer, bao: Bao) -> None:
    Trio(repo, sealer, bao)
    with opened(f"{bao.mount}/data/bot/one", changes=True) as found:
        assert (found.secret, found.name) == ((bao.mount, "bot/one"), f"{bao.mount}/bot/one")
        assert found.policy is not None
        assert [one.path for one in found.sealed] == ["a.enc.yaml", "b.enc.yaml"]
        assert found.unopened == []
        with pytest.raises(SealwardError), opened(f"{bao.mount}/bot/one", changes=True):
            pass  # another run works here
        with opened(f"{bao.mount}/bot/one", changes=False) as other:
            assert other.secret == found.secret
    with pytest.raises(SealwardError, match="is not the path of a secret"), opened("x", changes=False):
        pass
