"""The server's policies beside those of the repository, on a real server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealward.checks.policy_drift import judge
from sealward.cli import main

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo

HERE = 'path "a/b" {\n  capabilities = ["read", "list"]\n}\npath "c" { allowed_parameters = { x = [] } }\n'


@pytest.mark.parametrize(
    ("there", "line", "said"),
    [
        (HERE, 0, ""),
        ('# c\npath "/c" { allowed_parameters { "x" = [] } }\npath "a/b" { policy = "read" }', 0, ""),
        (HERE.replace(', "list"', ""), 1, "grants `read` on `a/b`, and `list`, `read` here"),
        (HERE.replace('path "a/b"', 'path "d"'), 1, "has no rule for `a/b`"),
        (HERE + 'path "*" { policy = "sudo" }', 1, "has a rule for `*`"),
        (HERE.replace("x = []", "y = []"), 4, "limits `c` otherwise"),
    ],
)
def test_rules_are_compared_and_not_texts(bao: Bao, there: str, line: int, said: str) -> None:
    bao.client.post("sys/policies/acl/drift", policy=there)
    findings, unseen = judge([("vault/drift.hcl", HERE.encode(), "drift")], "", bao.client)
    assert unseen == []
    assert [(one.place.line, said in one.message) for one in findings] == ([(line, True)] if said else [])


def test_a_policy_that_is_not_there_and_a_token_that_may_not_look(
    bao: Bao, repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write({"vault/never.hcl": HERE})
    online = ["check", "vault/never.hcl", "--online", "--format", "json"]
    assert main(online) == 0
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["rule"], "bao policy write never vault/never.hcl" in finding["hint"]) == (
        "policy-not-on-server",
        True,
    )
    monkeypatch.setenv("VAULT_TOKEN", bao.token('path "x" { capabilities = ["read"] }'))
    assert main(online) == 0
    out = capsys.readouterr()
    assert json.loads(out.out)["findings"] == []
    assert "not compared with the server: never; the token may not read sys/policies/acl/never" in out.err
    assert main([*online, "--only", "vault-policies"]) == 2
    assert "not compared with the server" in capsys.readouterr().err
