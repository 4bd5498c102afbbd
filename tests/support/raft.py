"""A real three-node OpenBao cluster with raft storage on loopback, and a load balancer before it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from sealward.demo.bao_server import Server, find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

START_SECONDS = 60
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_CONFIGURATION = """\
ui = false
api_addr = "http://127.0.0.1:{port}"
cluster_addr = "https://127.0.0.1:{cluster}"
listener "tcp" {{
  address = "127.0.0.1:{port}"
  cluster_address = "127.0.0.1:{cluster}"
  tls_disable = true
}}
storage "raft" {{
  path = "{folder}"
  node_id = "{name}"
  performance_multiplier = 1
{joins}
}}
"""


class Node:
    """One server of the cluster, a process that can be killed, stopped, sealed and started again."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.port, self.cluster = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.is_stopped = False

    def start(self, others: list[Node]) -> None:
        """Run the server; it is sealed until ``unseal``."""
        storage = self.folder / "data"
        storage.mkdir(parents=True, exist_ok=True)
        joins = "\n".join(f'  retry_join {{ leader_api_addr = "{one.address}" }}' for one in others)
        file = self.folder / "node.hcl"
        values = {"port": self.port, "cluster": self.cluster, "folder": storage, "name": self.name}
        file.write_text(_CONFIGURATION.format(**values, joins=joins))
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [find(), "server", f"-config={file}"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder)}, start_new_session=True,
            )  # fmt: skip

    def signal(self, number: signal.Signals) -> None:
        """SIGKILL: gone. SIGSTOP: what a client sees when packets no longer arrive."""
        assert self.process is not None
        self.process.send_signal(number)
        self.is_stopped = number == signal.SIGSTOP
        if number == signal.SIGKILL:
            self.process.wait()

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def ask(self, method: str, path: str, token: str = "", timeout: float = 5, **body: Any) -> dict[str, Any]:
        """One request without any retry; raises OSError where it fails."""
        data = json.dumps(body).encode() if body else None
        headers = {"X-Vault-Token": token} if token else {}
        wanted = urllib.request.Request(
            f"{self.address}/v1/{path}", data=data, headers=headers, method=method
        )
        with _DIRECT.open(wanted, timeout=timeout) as answer:
            text = answer.read()
        return dict(json.loads(text)) if text else {}

    def is_leader(self) -> bool:
        """Whether this node is unsealed and active."""
        try:
            self.ask("GET", "sys/health", timeout=0.5)
        except OSError:
            return False
        return True


class Cluster:
    """Three nodes, unsealed and all of them voters, with KV v2 at ``secret``."""

    def __init__(self, folder: Path) -> None:
        self.nodes = [Node(f"n{number}", folder / f"n{number}") for number in range(3)]
        for node in self.nodes:
            node.start([other for other in self.nodes if other is not node])
        first = self.nodes[0]
        answer = wait(lambda: first.ask("POST", "sys/init", secret_shares=1, secret_threshold=1))
        self.root_token, self.key = answer["root_token"], answer["keys"][0]
        self.unseal(first)
        # Ten seconds, if not told otherwise, before a joiner may vote.
        autopilot = {"server_stabilization_time": "1s"}
        wait(lambda: self.ask("POST", "sys/storage/raft/autopilot/configuration", **autopilot) or True)
        for node in self.nodes[1:]:
            self.unseal(node)
        wait(lambda: self.voters() == 3)
        self.ask("POST", "sys/mounts/secret", type="kv", options={"version": "2"})

    def ask(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """A request to the leader, as root."""
        return self.leader().ask(method, path, self.root_token, **body)

    def leader(self) -> Node:
        """The active node; waits for one."""
        found: Node = wait(lambda: next((node for node in self.nodes if node.is_leader()), None))
        return found

    def unseal(self, node: Node) -> None:
        """Unseal a node, which may still be joining."""
        wait(lambda: not node.ask("POST", "sys/unseal", key=self.key)["sealed"])

    def voters(self) -> int:
        """How many nodes vote: a cluster with fewer than three does not outlive its leader."""
        found = self.ask("GET", "sys/storage/raft/configuration")["data"]["config"]["servers"]
        return sum(bool(server["voter"]) for server in found)

    def heal(self) -> None:
        """Bring every node back, whatever was done to it.

        One that was stopped is started again: a leader of OpenBao 2.7 that wakes up after its successor was
        elected may take itself for the leader for ever, and answer with what it last knew.
        """
        for node in self.nodes:
            if node.is_stopped:
                node.signal(signal.SIGKILL)
            if not node.is_running:
                node.start([other for other in self.nodes if other is not node])
            self.unseal(node)
        wait(lambda: self.is_of_one_mind() and self.voters() == 3)

    def is_of_one_mind(self) -> bool:
        """Whether every node names the same leader."""
        named = {node.ask("GET", "sys/leader", timeout=0.5)["leader_address"] for node in self.nodes}
        return len(named) == 1 and named != {""}

    def close(self) -> None:
        """Kill every node."""
        for node in self.nodes:
            node.signal(signal.SIGKILL)


class Balancer:
    """Passes each connection to the active node, and closes those to a node that is no longer active."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.active: Node | None = None
        self.open: list[tuple[Node, socket.socket]] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.ended = threading.Event()
        for work in (self._watch, self._accept):
            threading.Thread(target=work, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self.ended.set()
        self.listener.close()

    def _watch(self) -> None:
        while not self.ended.wait(0.1):
            self.active = next((node for node in self.nodes if node.is_leader()), None)
            for node, connection in list(self.open):
                if node is not self.active:
                    self.open.remove((node, connection))
                    with contextlib.suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self.ended.is_set():
                client, _ = self.listener.accept()
                node = self.active
                try:
                    assert node is not None
                    server = socket.create_connection(("127.0.0.1", node.port), timeout=1)
                except (OSError, AssertionError):
                    client.close()
                    continue
                server.settimeout(None)
                self.open.append((node, client))
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=_pass, args=(one, other), daemon=True).start()


def _pass(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[Cluster, Server]]:
    """A cluster, and the address of the balancer before it with the root token."""
    made = Cluster(folder)
    balancer = Balancer(made.nodes)
    try:
        wait(lambda: balancer.active)
        yield made, Server(balancer.address, made.root_token)
    finally:
        balancer.close()
        made.close()


def wait(question: Callable[[], Any]) -> Any:
    """Ask until the answer is true; what a server does not answer counts as not yet."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, KeyError):
            answer = question()
            if answer:
                return answer
        time.sleep(0.1)
    raise AssertionError(f"the cluster was not ready within {START_SECONDS} s")


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
