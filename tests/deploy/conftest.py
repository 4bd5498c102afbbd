"""The stage of a test: repository, keys, Vault, cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.stage import Stage

if TYPE_CHECKING:
    from tests.support.kube import Space
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.fixture
def stage(repo: Repo, sealer: Sealer, bao: Bao, space: Space, capsys: pytest.CaptureFixture[str]) -> Stage:
    return Stage(repo, sealer, bao, space, capsys)
