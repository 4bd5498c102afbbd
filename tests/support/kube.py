"""A real API server with its controller manager, one a test session, and a stand-in for the kubelet.

The programs come from the folder that ``KUBEBUILDER_ASSETS`` names (setup-envtest's convention), or from the
archive ``../shared/kube`` beside the checkout; without them the tests are skipped.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import itertools
import json
import os
import shutil
import socket
import ssl
import subprocess
import tarfile
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ARCHIVE = Path(__file__).parents[3] / "shared" / "kube" / "assets.tar.xz"
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager")
SKIPPED = (
    "there is no Kubernetes API server here: set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver and"
    " kube-controller-manager (setup-envtest), and have kubectl on PATH"
)
_NUMBERS = itertools.count(1)
_ADMIN = "admin-token"
_USERS = 60


def assets() -> Path | None:
    """The folder of the programs; None where there is none, or no kubectl."""
    if not shutil.which("kubectl"):
        return None
    named = os.environ.get("KUBEBUILDER_ASSETS")
    if named:
        folder = Path(named)
        return folder if all((folder / name).exists() for name in PROGRAMS) else None
    if not ARCHIVE.exists():
        return None
    folder = Path(tempfile.gettempdir(), f"sealward-kube-{ARCHIVE.stat().st_mtime_ns}-{os.getuid()}")
    if not folder.exists():
        fresh = tempfile.mkdtemp(prefix="sealward-kube-")
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(fresh, filter="data")
        try:
            os.rename(fresh, folder)
        except OSError:  # another process was faster
            shutil.rmtree(fresh)
    return folder


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


class Kube:
    """The cluster. ``kubeconfig`` has the contexts ``admin`` and ``user1`` … with a token each."""

    def __init__(self, port: int, kubeconfig: Path, minor: int) -> None:
        self.minor = minor
        self.port = port
        self.kubeconfig = kubeconfig
        self.crashing: dict[str, str] = {}
        self.ended = threading.Event()
        self._own = threading.local()

    def ask(
        self, method: str, path: str, body: object = None, how: str = "application/json", token: str = _ADMIN
    ) -> tuple[int, dict[str, Any]]:
        """One request; the status and the JSON."""
        connection = getattr(self._own, "connection", None)
        if connection is None:
            context = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30)
            self._own.connection = connection
        headers = {"Authorization": f"Bearer {token}", "Content-Type": how}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            raw = response.read()
            return response.status, json.loads(raw) if raw.startswith(b"{") else {}
        except (OSError, http.client.HTTPException):
            self._own.connection = None
            raise

    def must(
        self, method: str, path: str, body: object = None, how: str = "application/json"
    ) -> dict[str, Any]:
        """The JSON of a request that succeeds."""
        status, answer = self.ask(method, path, body, how)
        assert status < 300, answer
        return answer

    def kubelet(self) -> None:
        """Patch pending pods to Running and Ready, or to a waiting reason; remove deleted ones at once."""
        while not self.ended.wait(0.1):
            with contextlib.suppress(Exception):
                for pod in self.must("GET", "/api/v1/pods").get("items", []):
                    self._run(pod)

    def _run(self, pod: dict[str, Any]) -> None:
        meta = pod["metadata"]
        path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"
        if meta.get("deletionTimestamp"):
            self.ask("DELETE", path, {"gracePeriodSeconds": 0})
            return
        if pod["status"].get("phase") != "Pending" or pod["status"].get("containerStatuses"):
            return
        reason = next((why for name, why in self.crashing.items() if meta["name"].startswith(name)), "")
        names = [one["name"] for one in pod["spec"]["containers"]]
        state = (
            {"waiting": {"reason": reason}}
            if reason
            else {"running": {"startedAt": meta["creationTimestamp"]}}
        )
        statuses = [
            {
                "name": name,
                "ready": not reason,
                "restartCount": 0,
                "image": "x",
                "imageID": "x",
                "state": state,
            }
            for name in names
        ]
        ready = {
            "type": "Ready",
            "status": "False" if reason else "True",
            "lastTransitionTime": meta["creationTimestamp"],
        }
        status = {
            "phase": "Pending" if reason else "Running",
            "conditions": [ready],
            "containerStatuses": statuses,
        }
        self.ask("PATCH", f"{path}/status", {"status": status}, "application/merge-patch+json")


class Space:
    """A namespace of a test's own."""

    def __init__(self, kube: Kube) -> None:
        self.kube = kube
        self.name = f"ns{next(_NUMBERS)}"
        kube.must("POST", "/api/v1/namespaces", {"metadata": {"name": self.name}})

    def path(self, plural: str, name: str = "") -> str:
        """The API's path of an object."""
        group = {
            "deployments": "apis/apps/v1", "statefulsets": "apis/apps/v1", "daemonsets": "apis/apps/v1",
            "replicasets": "apis/apps/v1", "jobs": "apis/batch/v1", "cronjobs": "apis/batch/v1beta1" if self.kube.minor < 21 else "apis/batch/v1",
            "roles": "apis/rbac.authorization.k8s.io/v1", "rolebindings": "apis/rbac.authorization.k8s.io/v1",
        }.get(plural, "api/v1")  # fmt: skip
        return f"/{group}/namespaces/{self.name}/{plural}" + (f"/{name}" if name else "")

    def get(self, plural: str, name: str) -> dict[str, Any]:
        """An object; empty where there is none."""
        status, answer = self.kube.ask("GET", self.path(plural, name))
        return answer if status == 200 else {}

    def all(self, plural: str) -> list[dict[str, Any]]:
        """Every object of a kind."""
        found: list[dict[str, Any]] = self.kube.must("GET", self.path(plural))["items"]
        return found

    def make(self, plural: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make an object."""
        return self.kube.must("POST", self.path(plural), body)

    def patch(self, plural: str, name: str, body: object, manager: str = "human") -> dict[str, Any]:
        """A merge patch by somebody."""
        path = f"{self.path(plural, name)}?fieldManager={manager}"
        return self.kube.must("PATCH", path, body, "application/merge-patch+json")

    def delete(self, plural: str, name: str) -> None:
        """Delete an object."""
        self.kube.must("DELETE", self.path(plural, name))

    def secret(self, name: str) -> dict[str, str]:
        """The values of a Secret in clear; empty where there is none."""
        found = self.get("secrets", name).get("data") or {}
        return {key: base64.b64decode(value).decode() for key, value in found.items()}

    def generation(self, name: str, plural: str = "deployments") -> int:
        """How often the specification of a workload was changed."""
        number: int = self.get(plural, name)["metadata"]["generation"]
        return number

    def deployment(self, name: str, pod: dict[str, Any] | None = None, **spec: Any) -> None:
        """A Deployment whose only container has these fields."""
        self.workload("deployments", "Deployment", name, pod, **spec)

    def workload(
        self,
        plural: str,
        kind: str,
        name: str,
        pod: dict[str, Any] | None = None,
        **spec: Any,
    ) -> None:
        """Any object with a pod template."""
        made = {"containers": [{"name": "main", "image": "x"}], **(pod or {})}
        body = {
            "apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name},
            "spec": {
                "selector": {"matchLabels": {"app": name}},
                "template": {"metadata": {"labels": {"app": name}}, "spec": made},
                **spec,
            },
        }  # fmt: skip
        self.make(plural, body)

    def settled(self, name: str, plural: str = "deployments", seconds: float = 20) -> None:
        """Wait until all pods of a Deployment run."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = self.get(plural, name)
            wanted = found["spec"].get("replicas", 1)
            if (
                found.get("status", {}).get("availableReplicas", 0)
                == wanted
                == found["status"].get("updatedReplicas")
            ):
                return
            time.sleep(0.05)
        raise AssertionError(f"{name} does not get ready")


def env(secret: str, key: str) -> dict[str, Any]:
    """A container's variable from a key of a Secret, as the fields of a pod."""
    source = {"secretKeyRef": {"name": secret, "key": key}}
    return {"containers": [{"name": "main", "image": "x", "env": [{"name": "V", "valueFrom": source}]}]}


def env_from(secret: str) -> dict[str, Any]:
    """All keys of a Secret as variables."""
    return {"containers": [{"name": "main", "image": "x", "envFrom": [{"secretRef": {"name": secret}}]}]}


@contextlib.contextmanager
def running(folder: Path, programs: Path) -> Iterator[Kube]:
    """The servers for the time of the block."""
    client, peer, port = _free(), _free(), _free()
    for name in ("certificates", "logs"):
        (folder / name).mkdir()
    key, tokens, kubeconfig = folder / "sa.key", folder / "tokens.csv", folder / "kubeconfig"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    users = "".join(f"user{number}-token,user{number},{number + 1}\n" for number in range(1, _USERS))
    tokens.write_text(f'{_ADMIN},admin,1,"system:masters"\n{users}')
    names = {
        "admin": _ADMIN,
        **{f"user{number}": f"user{number}-token" for number in range(1, _USERS)},
        "nobody": "x",
    }
    kubeconfig.write_text(json.dumps(_kubeconfig(port, names)))
    kube = Kube(port, kubeconfig, _minor(programs))
    etcd = f"http://127.0.0.1:{client}"
    own = f"http://127.0.0.1:{peer}"
    commands = (
        [
            "etcd", f"--data-dir={folder}/etcd", f"--listen-client-urls={etcd}", f"--advertise-client-urls={etcd}",
            f"--listen-peer-urls={own}", f"--initial-advertise-peer-urls={own}", f"--initial-cluster=default={own}",
            "--unsafe-no-fsync",
        ],
        [
            "kube-apiserver", f"--etcd-servers={etcd}", f"--secure-port={port}", "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1", f"--cert-dir={folder}/certificates", f"--token-auth-file={tokens}",
            "--authorization-mode=RBAC", "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}",
            "--service-cluster-ip-range=10.0.0.0/24", "--disable-admission-plugins=ServiceAccount",
            "--allow-privileged=true",
        ],
        [
            "kube-controller-manager", f"--kubeconfig={kubeconfig}", "--controllers=*", "--leader-elect=false",
            *(["--port=0"] if kube.minor < 23 else []), f"--secure-port={_free()}", "--bind-address=127.0.0.1",
            f"--cert-dir={folder}/certificates",
        ],
    )  # fmt: skip
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            with open(folder / "logs" / command[0], "wb") as log:
                words = [str(programs / command[0]), *command[1:]]
                started.append(subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL))
            if command[0] == "kube-apiserver":
                _ready(kube)
        thread = threading.Thread(target=kube.kubelet, daemon=True)
        thread.start()
        yield kube
    finally:
        kube.ended.set()
        for process in reversed(started):
            process.kill()
            process.wait()


def _kubeconfig(port: int, tokens: dict[str, str]) -> dict[str, Any]:
    cluster = {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}
    return {
        "apiVersion": "v1", "kind": "Config", "current-context": "admin",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": name, "user": {"token": token}} for name, token in tokens.items()],
        "contexts": [{"name": name, "context": {"cluster": "test", "user": name}} for name in tokens],
    }  # fmt: skip


def _minor(programs: Path) -> int:
    """The 20 of ``Kubernetes v1.20.2``."""
    said = subprocess.run(
        [programs / "kube-controller-manager", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(said.split(".")[1])


def _ready(kube: Kube) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError, AssertionError):
            status, _ = kube.ask("GET", "/api/v1/namespaces/default")
            if status == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the API server does not get ready")


@pytest.fixture(scope="session")
def kube_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kube]:
    programs = assets()
    if programs is None:
        pytest.skip(SKIPPED)
    with running(tmp_path_factory.mktemp("kube"), programs) as kube:
        yield kube


@pytest.fixture
def space(kube_server: Kube, monkeypatch: pytest.MonkeyPatch) -> Space:
    """A fresh namespace; the environment names the kubeconfig."""
    monkeypatch.setenv("KUBECONFIG", str(kube_server.kubeconfig))
    return Space(kube_server)
