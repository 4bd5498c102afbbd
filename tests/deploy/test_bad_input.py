"""What goes wrong on clusters: one line each with the way out, and nothing half done without saying so."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

from sealward.deploy.api import Api, ApiError
from sealward.deploy.proxy import Cluster, serve
from tests.deploy.bench import Bench
from tests.support.kube import Space, env

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from sealward.deploy.shape import Json
    from tests.deploy.stage import Stage

CANARY = "Canary-0815"


def test_a_server_that_goes_away_in_the_middle(space: Space, socket: str) -> None:
    """kubectl is killed after the first write: what stays changed is named, and the next run finishes."""
    steady = Bench(space, socket)
    steady.apply({"a": {"A": "1"}, "b": {"A": "1"}})
    with serve(Cluster("admin")) as own:
        bench = Bench(space, own)
        bench.api = Api(own, "admin", now=iter(range(0, 9999, 5)).__next__, sleep=lambda _: None)
        made = bench.plan({"a": {"A": "2"}, "b": {"A": "2"}})

        def gone(step: str) -> None:
            if step.startswith("wrote"):
                for line in subprocess.run(
                    ["ps", "-ewwo", "pid,args"], capture_output=True, text=True, check=True
                ).stdout.splitlines():
                    if f"--unix-socket={own}" in line:
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(int(line.split()[0]), signal.SIGKILL)

        stopped = bench.run(made, checkpoint=gone).secrets_and_restarts().stopped
    assert stopped is not None
    assert "admin cannot be reached" in str(stopped.error)
    assert set(stopped.standing) == {f"{space.name}/a", f"{space.name}/b"}  # of b nobody can say
    assert (space.secret("a"), space.secret("b")) == ({"A": "2"}, {"A": "1"})
    steady.apply({"a": {"A": "2"}, "b": {"A": "2"}})
    assert not steady.plan({"a": {"A": "2"}, "b": {"A": "2"}}).differs


class Deaf(Api):
    """A cluster that does what it is asked, and whose first answer to a real write of ``b`` is lost."""

    lost = False

    def apply(self, kind: Any, namespace: str, body: Json, *, dry: bool = False, force: bool = False) -> Json:
        found = super().apply(kind, namespace, body, dry=dry, force=force)
        if not dry and not self.lost and "'name': 'b'" in str(body):
            self.lost = True
            raise ApiError("the answer is lost", "try again", "away")
        return found


def test_a_write_whose_answer_is_lost_is_taken_back_too(bench: Bench, socket: str) -> None:
    bench.apply({"a": {"A": "1"}, "b": {"A": "1"}})
    bench.api = Deaf(socket, "admin")
    stopped = bench.run(bench.plan({"a": {"A": "2"}, "b": {"A": "2"}})).secrets_and_restarts().stopped
    assert stopped is not None
    assert (len(stopped.taken_back), stopped.standing) == (2, ())
    assert (bench.space.secret("a"), bench.space.secret("b")) == ({"A": "1"}, {"A": "1"})


@contextlib.contextmanager
def webhook(folder: Path, space: Space) -> Iterator[None]:
    """An admission rule of a real server that refuses every Secret of a namespace, and quotes it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
        ],
        check=True, capture_output=True,
    )  # fmt: skip

    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            message = base64.b64decode(review["request"]["object"]["data"]["A"]).decode()
            answer = {"uid": review["request"]["uid"], "allowed": False, "status": {"message": message}}
            data = json.dumps({**review, "request": None, "response": answer}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    space.kube.must(
        "PATCH", f"/api/v1/namespaces/{space.name}", {"metadata": {"labels": {"refuses": space.name}}},
        "application/merge-patch+json",
    )  # fmt: skip
    rule = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["secrets"],
    }
    hook = {
        "name": "refuses.example.org", "sideEffects": "None", "admissionReviewVersions": ["v1"], "rules": [rule],
        "failurePolicy": "Fail", "namespaceSelector": {"matchLabels": {"refuses": space.name}},
        "clientConfig": {
            "url": f"https://127.0.0.1:{server.server_port}/",
            "caBundle": base64.b64encode(certificate.read_bytes()).decode(),
        },
    }  # fmt: skip
    space.kube.must("POST", path, {"metadata": {"name": space.name}, "webhooks": [hook]})
    try:
        yield
    finally:
        space.kube.must("DELETE", f"{path}/{space.name}")
        server.shutdown()


def test_a_webhook_that_refuses_is_named_as_such_and_not_quoted(bench: Bench, tmp_path: Path) -> None:
    with webhook(tmp_path, bench.space):
        for _ in range(100):
            problems = bench.plan({"a": {"A": CANARY}}).problems
            if problems:
                break
    (said,) = map(str, problems)
    assert "secret/a in" in said
    assert "admission rule" in said
    assert CANARY not in said
    assert bench.space.secret("a") == {}


def test_a_token_that_is_not_accepted(stage: Stage) -> None:
    stage.settings(context="nobody")
    stage.secret("keys", A="1")
    stage.commit()
    assert stage.apply() == 2
    assert "nobody does not accept these credentials; log in again" in stage.err
    assert stage.err.count("\n") == 1


def test_paused_and_on_delete_are_said_and_not_waited_for(stage: Stage) -> None:
    space = stage.space
    space.deployment("paused", env("keys", "A"), paused=True, replicas=0)
    space.workload(
        "statefulsets", "StatefulSet", "db", env("keys", "A"), replicas=0, serviceName="db",
        updateStrategy={"type": "OnDelete"},
    )  # fmt: skip
    stage.secret("keys", A="1")
    stage.commit()
    assert stage.apply() == 0, stage.err
    assert "not waited for, is paused: `kubectl rollout resume` goes on with it" in stage.out
    assert "not waited for, its strategy is OnDelete" in stage.out


def test_nothing_is_asked_before_the_files_are_right(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in a manifest is named even without Vault and cluster."""
    stage.secret("keys", A="vault:secret/data/bot#key")
    stage.commit()
    monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:9")
    monkeypatch.setenv("KUBECONFIG", "/nonexistent")
    assert stage.deploy("diff") == 2
    assert "k8s/keys.enc.yaml:6:8: stringData.A: secret/bot#key has no pin" in stage.err


def test_a_reference_that_is_gone_changes_nothing(stage: Stage) -> None:
    stage.bao.put("bot", a="1")
    stage.secret("a", A="1")
    stage.secret("keys", A=stage.reference("bot", "a", 9))
    stage.commit()
    assert stage.apply() == 2
    assert "k8s/keys.enc.yaml:6:8: stringData.A: " in stage.err
    assert stage.space.secret("a") == {}


def test_an_interrupted_wait_ends_at_once_and_leaves_nothing_running(stage: Stage, tmp_path: Path) -> None:
    name = f"waits-{stage.space.name}"
    stage.space.kube.crashing[name] = "CrashLoopBackOff"
    stage.space.deployment(name, env("keys", "A"))
    stage.secret("keys", A=CANARY)
    stage.commit()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    child = subprocess.Popen(
        [sys.executable, "-m", "sealward", "deploy", "apply", "--yes"], cwd=stage.repo.path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(scratch)},
    )  # fmt: skip
    assert child.stderr is not None
    assert child.stderr.readline() == f"waiting for deployment/{name} in {stage.space.name}, up to 300 s\n"
    child.send_signal(signal.SIGINT)
    _, told = child.communicate(timeout=20)
    assert (child.returncode, told) == (
        130,
        "sealward: interrupted; run it again: it finishes what was under way\n",
    )
    assert list(scratch.iterdir()) == []
    assert stage.space.secret("keys") == {"A": CANARY}
    assert stage.apply("--timeout", "1s") == 2  # nothing is to be written, and the workload does not run
    assert "not ready, 0 of 1 pods new after 1 s; CrashLoopBackOff in " in stage.out
    del stage.space.kube.crashing[name]
