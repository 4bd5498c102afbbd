"""No value leaves memory but in the ``data`` of a Secret on its way; and what is started is what the
documentation says."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.kube import env_from
from tests.test_processes import LOGGER, allowed, cells, table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.stage import Stage

VALUE, LITERAL = "Canary-of-Vault-0815", "Canary-of-the-file-4711"
NETWORK = re.compile(r"(?i).*_proxy|.*SSL_CERT_.*|CURL_CA_BUNDLE")
"""What the documentation calls proxies and certificates."""

SHAPES = [
    shape
    for text in (VALUE, LITERAL)
    for shape in (text, base64.b64encode(text.encode()).decode(), text.encode().hex(), json.dumps(text)[1:-1])
]


def seen(text: str) -> list[str]:
    """The canaries in a text, in any shape."""
    return [one for one in SHAPES if one in text]


def everywhere(folder: Path) -> list[str]:
    """The files below a folder that hold a canary."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    return [str(file) for file in files if seen(file.read_bytes().decode("latin-1"))]


def ready(stage: Stage) -> None:
    stage.bao.put("bot", key=VALUE)
    stage.secret("keys", KEY=stage.reference("bot", "key", 1), MODE=LITERAL)
    stage.commit()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, Any]]]:
    """Every request to the cluster: verb, path, body."""
    requests: list[tuple[str, str, dict[str, Any]]] = []
    real = http.client.HTTPConnection.request

    def request(self: Any, method: str, url: str, body: Any = None, headers: Any = None) -> None:
        if type(self).__name__ == "_Connection":
            requests.append((method, url, json.loads(body) if body else {}))
        real(self, method, url, body, headers or {})

    monkeypatch.setattr(http.client.HTTPConnection, "request", request)
    return requests


def test_values_are_sent_in_data_alone(stage: Stage, sent: list[tuple[str, str, dict[str, Any]]]) -> None:
    stage.space.deployment("bot", env_from("keys"), replicas=0)
    ready(stage)
    assert stage.apply("--prune") == 0, stage.err
    bodies = [body for _, url, body in sent if body.get("kind") == "Secret" and body.pop("data", None)]
    assert len(bodies) >= 3  # the dry run, the write, and the one that takes the mark away
    assert [url for method, url, body in sent if seen(url) or seen(json.dumps(body))] == []
    assert not any(
        "/secrets" in url and method == "GET" and url.endswith("/secrets") for method, url, _ in sent
    )


def test_values_are_in_no_output_file_object_or_event(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    stage.space.deployment("bot", env_from("keys"), replicas=0)
    ready(stage)
    said = ""
    for words in (
        ["diff"], ["diff", "--format", "json"], ["diff", "--format", "github"], ["render"], ["rbac"], ["status"],
        ["apply", "--yes", "--format", "json"], ["apply", "--yes"], ["status", "--format", "json"],
    ):  # fmt: skip
        stage.deploy(*words)
        said += stage.out + stage.err
    stage.space.patch("secrets", "keys", {"data": {"KEY": "eA=="}}, manager="somebody")
    for words in (["apply", "--yes"], ["diff", "--format", "json"]):  # a conflict
        assert stage.deploy(*words) == 2
        said += stage.out + stage.err
    assert seen(said) == []
    assert everywhere(scratch) == []
    assert everywhere(stage.repo.path) == []
    secret = stage.space.get("secrets", "keys")
    assert seen(json.dumps(secret["metadata"])) == []
    for plural in ("deployments", "replicasets", "configmaps", "events", "pods"):
        assert seen(json.dumps(stage.space.all(plural))) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"KEY": f"{VALUE}\\0"}, None),
        ({"tls.crt": VALUE, "tls.key": LITERAL}, None),
        ({".dockerconfigjson": VALUE}, "invalid"),
    ],
)
def test_a_refusal_quotes_no_value(values: dict[str, str], said: str | None, stage: Stage) -> None:
    """The server's message has what a bad Docker configuration begins with."""
    kind = "kubernetes.io/dockerconfigjson" if said else "Opaque"
    stage.secret("keys", f"type: {kind}\n", **values)
    stage.commit()
    status = stage.apply()
    assert status == (2 if said else 0), stage.err
    assert seen(stage.out + stage.err) == []
    assert "'C'" not in stage.err
    if said:
        assert "secret/keys" in stage.err


def test_what_is_started_and_what_it_sees(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of docs/processes.md that speak of deploy and exec, by programs that note how they are called."""
    ready(stage)
    tools, log = tmp_path / "bin", tmp_path / "log"
    tools.mkdir()
    for name in ("git", "kubectl", "sops", "gpg"):
        made = tools / name
        made.write_text(LOGGER.format(name=name, log=log, then=f'exec {shutil.which(name)} "$@"'))
        made.chmod(0o755)
    for name in ("GITHUB_TOKEN", "CI_JOB_TOKEN", "DATABASE_URL"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    rows = table("of deploy")
    assert len(rows) >= 6
    for command, programs, _ in rows:
        log.write_text("")
        words = command.strip("`").split()
        extra = {"apply": ["--yes"], "exec": ["--keys", "upper-snake", "k8s/keys.enc.yaml", "--", "true"]}
        done = subprocess.run(
            [sys.executable, "-m", "sealward", *words, *extra.get(words[-1], [])],
            cwd=stage.repo.path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stderr
        started = [line.split("\t") for line in log.read_text().splitlines()]
        assert {name for name, _, _ in started} == cells(programs), command
        for name, variables, arguments in started:
            assert seen(arguments) == []
            if name == "kubectl":
                pattern = allowed("kubectl")
                passed = set(variables.split()) - {"PWD", "OLDPWD", "SHLVL", "_", "SEALWARD_SOCKET"}
                assert {
                    one for one in passed if not (pattern.fullmatch(one) or NETWORK.fullmatch(one))
                } == set()
                assert not {"VAULT_TOKEN", "SOPS_AGE_KEY_FILE", "GITHUB_TOKEN", "DATABASE_URL"} & passed
