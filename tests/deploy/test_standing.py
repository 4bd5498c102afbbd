"""How a cluster stands to Git and to Vault."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.kube import env

if TYPE_CHECKING:
    from tests.deploy.stage import Stage


def test_drift_from_git_and_from_vault_and_former_values(stage: Stage) -> None:
    stage.space.deployment("bot", env("keys", "A"), replicas=0)
    stage.bao.put("bot", a="1")
    stage.secret("keys", A=stage.reference("bot", "a", 1))
    commit = stage.commit()
    assert stage.deploy("status", "--check") == 1
    assert "secret/keys" in stage.out
    assert "is not in the cluster" in stage.out
    assert stage.apply() == 0
    assert stage.deploy("status", "--check") == 0
    assert f"as in Git, from commit {commit[:12]}" in stage.out
    stage.bao.put("bot", a="2")
    assert stage.deploy("status", "--check") == 0
    assert f"vault {stage.bao.mount}/bot: pinned to #1, there is #2" in stage.out
    stage.space.patch("secrets", "keys", {"data": {"A": "eA=="}})
    assert stage.deploy("status") == 0
    assert "differs from Git" in stage.out
    assert "deployment/bot" not in stage.out  # it was started with the value that Git wants
    assert stage.deploy("status", "--check", "--format", "json") == 1
    (data,) = json.loads(stage.out)
    assert data["secrets"][0]["keys"] == {"A": "~"}
    assert data["newer_in_vault"] == [{"secret": f"{stage.bao.mount}/bot", "pinned": 1, "current": 2}]


def test_a_template_that_was_rolled_back_is_seen(stage: Stage) -> None:
    """`kubectl rollout undo` brings the former digest back: the pods are not those of the last apply."""
    space = stage.space
    space.deployment("bot", env("keys", "A"), replicas=0)
    for value in ("1", "2", "3"):
        stage.secret("keys", A=value)
        stage.commit()
        stage.apply("--no-wait")
        if value == "2":
            former = space.get("deployments", "bot")["spec"]["template"]["metadata"]["annotations"]
    space.patch("deployments", "bot", {"spec": {"template": {"metadata": {"annotations": former}}}})
    assert stage.deploy("status", "--check") == 1
    assert "runs with values that are not Git's (keys:A)" in stage.out
    assert stage.apply() == 0
    assert stage.deploy("status", "--check") == 0
