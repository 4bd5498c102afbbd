"""A rotation of many secrets while the cluster loses its leader: killed, cut off, sealed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from sealward.git import Repository
from sealward.sealed.files import sealed_files
from sealward.sops.reading.identities import find
from tests.support import raft
from tests.support.openbao import Bao
from tests.support.repo import Repo, make
from tests.support.rotations import under_way
from tests.support.sops import Sealer, new_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealward.demo.bao_server import Server

pytestmark = pytest.mark.slow

SECRETS, FILES = 36, 6
POLICY = "policies:\n  keys:\n    paths: [{mount}/**]\n    every: 7d\n    generator: hex:16\n"


class World:
    """Secrets in a cluster, six references in each of six files of a repository.

    The tests rotate them one after another: each begins where ``settled`` left them.
    """

    def __init__(self, nodes: raft.Cluster, where: Server, repo: Repo, sealer: Sealer) -> None:
        self.nodes, self.where, self.repo, self.bao = nodes, where, repo, Bao(where)
        self.names = [f"app/{number:03}" for number in range(SECRETS)]
        for name in self.names:
            self.bao.put(name, key="first", other="kept")
        self.files = {f"app-{number}.enc.yaml": self.names[number::FILES] for number in range(FILES)}
        policy = POLICY.format(mount=self.bao.mount)
        repo.commit({".sops.yaml": sealer.rules(), "vault/rotation.yaml": policy})
        repo.commit({path: sealer.seal(path, self._text(names)) for path, names in self.files.items()})

    def _text(self, names: list[str]) -> str:
        return "".join(f"key_{name[4:]}: vault:{self.bao.mount}/data/{name}#key#1\n" for name in names)

    def start(self, *words: str, address: str = "") -> subprocess.Popen[str]:
        """``sealward rotate`` in a process of its own."""
        server = {"VAULT_ADDR": address or self.where.address, "VAULT_TOKEN": self.where.root_token}
        return subprocess.Popen(
            [sys.executable, "-m", "sealward", "rotate", *words, "--format", "json"],
            cwd=self.repo.path, env={**os.environ, **server},
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def finish(self, *words: str, address: str = "") -> dict[str, Any]:
        """The same, until it ends well; returns what it told."""
        process = self.start(*words, address=address)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, (out, err)
        return dict(json.loads(out))

    def versions(self) -> dict[str, int]:
        """The newest version of every secret."""
        return {name: self.bao.client.metadata(self.bao.mount, name).current for name in self.names}

    def wait_for_a_third(self, process: subprocess.Popen[str], before: dict[str, int]) -> None:
        """Until a third of the secrets have their new versions: it, or its neighbour, is under way."""
        name = self.names[SECRETS // 3]
        while self.bao.client.metadata(self.bao.mount, name).current == before[name]:
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)

    def problems(self) -> list[str]:
        """What is torn, left behind or lost; nothing, where every pin is that of the newest version."""
        wrong = [str(path) for path in self.repo.path.rglob("*.sealward-*")]
        with Repository(str(self.repo.path), "") as repository:
            sites = [site.reference for one in sealed_files(repository, find()) for site in one.sites]
        assert sorted(reference.path for reference in sites) == self.names
        for reference in sites:
            metadata = self.bao.client.metadata(reference.mount, reference.path)
            if reference.version != metadata.current or under_way(metadata.custom):
                wrong.append(f"{reference}, but Vault has {metadata.current}, {metadata.custom}")
            elif self.bao.get(reference.path, reference.version)["other"] != "kept":
                wrong.append(f"{reference} lost a sibling key")
        return wrong


@pytest.fixture(scope="module")
def module_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("cluster")
    recipient, file = new_identity(folder)
    with pytest.MonkeyPatch.context() as patch, raft.cluster(folder) as (nodes, where):
        patch.setenv("HOME", str(folder))
        patch.setenv("SOPS_AGE_KEY_FILE", str(file))
        yield World(nodes, where, make(folder / "repo"), Sealer(recipient))


@pytest.fixture
def world(module_world: World) -> World:
    module_world.nodes.heal()
    if module_world.repo.git("status", "--porcelain"):
        module_world.repo.git("commit", "--quiet", "--all", "--message", "rotated")
    return module_world


def kill(leader: raft.Node, _: raft.Cluster) -> None:
    leader.signal(signal.SIGKILL)


def cut(leader: raft.Node, _: raft.Cluster) -> None:
    """Nothing goes in or out any more, and no connection is closed."""
    leader.signal(signal.SIGSTOP)


def seal(leader: raft.Node, nodes: raft.Cluster) -> None:
    leader.ask("PUT", "sys/seal", nodes.root_token)


@pytest.mark.parametrize("fault", [kill, cut])
def test_the_leader_is_lost_behind_a_load_balancer(
    world: World, fault: Callable[[raft.Node, raft.Cluster], None]
) -> None:
    """Another node takes over within seconds: the run waits for it, and ends well."""
    before = world.versions()
    process = world.start("--all", "--yes")
    world.wait_for_a_third(process, before)
    fault(world.nodes.leader(), world.nodes)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert len(json.loads(out)["rotated"]) == SECRETS
    world.nodes.heal()
    assert world.problems() == []
    assert world.versions() == {name: version + 1 for name, version in before.items()}


@pytest.mark.parametrize("fault", [seal])
def test_the_only_server_that_the_client_knows_is_lost(
    world: World, fault: Callable[[raft.Node, raft.Cluster], None]
) -> None:
    """The run gives up in a line, and ``--resume`` over another node ends what was under way: then a run
    over the rest leaves every secret with one new version, the one that is pinned."""
    before = world.versions()
    leader = world.nodes.leader()
    process = world.start("--all", "--yes", address=leader.address)
    world.wait_for_a_third(process, before)
    fault(leader, world.nodes)
    out, err = process.communicate(timeout=120)
    told = json.loads(out)
    assert process.returncode == 2
    assert "Traceback" not in err
    assert len(told["rotated"]) >= SECRETS // 3 - 1
    assert len(told["rotated"]) + len(told["failed"]) == SECRETS
    other = world.nodes.leader().address
    resumed = world.finish("--resume", address=other)["rotated"]
    assert len(resumed) <= 1
    done = {one["secret"].partition("/")[2] for one in told["rotated"] + resumed}
    world.nodes.heal()
    assert world.problems() == []
    assert world.versions() == {name: version + (name in done) for name, version in before.items()}
