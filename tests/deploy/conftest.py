"""The stage of a test: repository, keys, Vault, cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.deploy.proxy import Cluster, serve
from tests.deploy.bench import Bench
from tests.deploy.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.kube import Kube, Space
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.fixture
def stage(repo: Repo, sealer: Sealer, bao: Bao, space: Space, capsys: pytest.CaptureFixture[str]) -> Stage:
    return Stage(repo, sealer, bao, space, capsys)


@pytest.fixture(scope="session")
def socket(kube_server: Kube) -> Iterator[str]:
    """A way to the cluster for all tests that need no way of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", str(kube_server.kubeconfig))
        with serve(Cluster("admin")) as path:
            yield path


@pytest.fixture
def bench(space: Space, socket: str) -> Bench:
    return Bench(space, socket)
