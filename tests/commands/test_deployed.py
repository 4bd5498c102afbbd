"""Who gets the printed role; what the actions print is compared on a cluster in tests/deploy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main

if TYPE_CHECKING:
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

SETTINGS = "targets:\n  t:\n    cluster: {context: c}\n    namespace: ns\n    manifests: ['*.enc.yaml']\n"
MANIFEST = "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {A: b}\n"


@pytest.fixture
def sealed(repo: Repo, sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = sealer.rules() + "    encrypted_regex: ^(data|stringData)$\n"
    repo.commit({"deploy.yaml": SETTINGS, "k.enc.yaml": sealer.seal("k.enc.yaml", MANIFEST, rules)})
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("serviceaccount:ci/deployer", {"kind": "ServiceAccount", "name": "deployer", "namespace": "ci"}),
        ("serviceaccount:deployer", {"kind": "ServiceAccount", "name": "deployer", "namespace": "ns"}),
        ("user:ann@example.org", {"kind": "User", "name": "ann@example.org", "apiGroup": "rbac.authorization.k8s.io"}),
        ("group:a/b", {"kind": "Group", "name": "a/b", "apiGroup": "rbac.authorization.k8s.io"}),
    ],
)  # fmt: skip
def test_a_role_needs_neither_key_nor_vault_nor_cluster(
    to: str, subject: dict[str, str], sealed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", "rbac", "--to", to]) == 0
    role, binding = (json.loads(text) for text in capsys.readouterr().out.split("---\n")[1:])
    assert binding["subjects"] == [subject]
    assert role["rules"][0]["resourceNames"] == ["keys"]


@pytest.mark.parametrize("to", ["ann", "usr:ann", "user:"])
def test_whom_nobody_understands(to: str, sealed: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "rbac", "--to", to]) == 2
    assert "is not understood; such as serviceaccount:ci/deployer" in capsys.readouterr().err
