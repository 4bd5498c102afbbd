"""What the engine gathers for policies: what is renewed, other policies, versions of a range."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sealward.cli import main
from sealward.engine import policies
from sealward.engine.policies import renewals
from sealward.engine.sources import Tree
from sealward.policies.needs import Renewed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from sealward.finding import Finding
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

ROTATION = b"""
policies:
  keys: {paths: [secret/a/b, secret/c/*], every: 7d, generator: "vault-policy:strong"}
  logins: {paths: [database/creds/*], max_ttl: 1h}
"""


def test_what_is_renewed() -> None:
    renewed, broken = renewals(Tree("", {"vault/rotation.yaml": ROTATION}.get))
    assert broken is None
    assert renewed == [
        Renewed("secret/a/b", stored=True, generator="vault-policy:strong", line=3),
        Renewed("secret/c/*", stored=True, generator="vault-policy:strong", line=3),
        Renewed("database/creds/*", stored=False, line=4),
    ]


def test_a_broken_rotation_policy_and_none_at_all() -> None:
    assert renewals(Tree("", lambda path: None)) == ([], None)
    renewed, broken = renewals(Tree("", {"vault/rotation.yaml": ROTATION.replace(b"every", b"evry")}.get))
    assert renewed == []
    assert broken is not None
    assert broken[0] == 3


def rules(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, str]]:
    main(["check", *arguments, "--format", "json"])
    return [(one["rule"], one["path"]) for one in json.loads(capsys.readouterr().out)["findings"]]


ROTATOR = 'path "secret/data/a/b" { capabilities = ["read", "patch"] }\n'


def test_a_change_of_the_rotation_policy_is_judged_with_the_policies_beside_it(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"vault/rotator.hcl": ROTATOR, "vault/rotation.yaml": ROTATION})
    assert {("policy-uncovered", "vault/rotator.hcl")} == set(rules(capsys, "vault/rotation.yaml"))


def test_of_a_range_only_the_last_version_of_a_policy_is_judged(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    start = repo.commit({"a": "b"})
    repo.commit({"vault/team.hcl": 'path "a" { capabilities = ["reed"] }'})
    assert rules(capsys, "--from-ref", start) == [("policy-refused", "vault/team.hcl")]
    repo.commit({"vault/team.hcl": 'path "a" { capabilities = ["read"] }'})
    assert rules(capsys, "--from-ref", start) == []


def test_the_index_is_judged_where_that_is_asked_for(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"a": "b"})
    repo.write({"vault/team.hcl": 'path "a" { capabilities = ["reed"] }'})
    repo.git("add", "vault")
    repo.write({"vault/team.hcl": 'path "a" { capabilities = ["read"] }'})
    assert rules(capsys, "--staged") == [("policy-refused", "vault/team.hcl")]
    assert rules(capsys, "vault/team.hcl") == []


def test_where_no_policy_lies_nothing_is_loaded_for_them(
    repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "key: vault:secret/data/a/b#key#1\n"
    repo.write({"s.enc.yaml": sealer.seal("s.enc.yaml", text), "vault/rotation.yaml": ROTATION})
    asked: list[object] = []

    def judged(*arguments: object) -> Iterator[Finding]:
        asked.append(arguments)
        return iter(())

    monkeypatch.setattr(policies, "judged", judged)
    rules(capsys, "s.enc.yaml")
    assert asked == []
    repo.write({"vault/bot.hcl": ROTATOR})
    rules(capsys, "s.enc.yaml")
    assert len(asked) == 1
