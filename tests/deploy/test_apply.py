"""Deployments on a real API server: what is written, who restarts, what a second run does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.kube import env, env_from

if TYPE_CHECKING:
    from tests.deploy.stage import Stage


def test_a_sealed_secret_reaches_the_cluster_and_a_second_run_writes_nothing(stage: Stage) -> None:
    stage.bao.put("bot", api_key="first-value")
    stage.secret("keys", API_KEY=stage.reference("bot", "api_key", 1), MODE="paper")
    stage.commit()
    assert stage.deploy("diff") == 1
    assert "first-value" not in stage.out
    assert stage.apply() == 0, stage.err
    assert stage.space.secret("keys") == {"API_KEY": "first-value", "MODE": "paper"}
    version = stage.space.get("secrets", "keys")["metadata"]["resourceVersion"]
    assert stage.apply() == 0, stage.err
    assert stage.space.get("secrets", "keys")["metadata"]["resourceVersion"] == version
    assert stage.deploy("diff") == 0


def test_only_what_uses_a_changed_key_restarts(stage: Stage) -> None:
    stage.bao.put("bot", one="1", two="2", three="3")

    def pinned(version: int) -> None:
        stage.secret("keys", **{key: stage.reference("bot", key, version) for key in ("one", "two", "three")})
        stage.commit()

    space = stage.space
    space.deployment("uses-one", env("keys", "one"))
    space.deployment("uses-two", env("keys", "two"))
    space.deployment("uses-all", env_from("keys"))
    space.deployment("uses-none")
    pinned(1)
    assert stage.apply() == 0, stage.err
    before = {name: space.generation(name) for name in ("uses-one", "uses-two", "uses-all", "uses-none")}
    assert stage.apply() == 0, stage.err
    assert {name: space.generation(name) for name in before} == before
    stage.bao.put("bot", two="22")
    pinned(2)
    assert stage.apply() == 0, stage.err
    after = {name: space.generation(name) - number for name, number in before.items()}
    assert after == {"uses-one": 0, "uses-two": 1, "uses-all": 1, "uses-none": 0}
    assert space.secret("keys")["two"] == "22"
    assert "sealward.dev/restart" not in space.get("secrets", "keys")["metadata"]["annotations"]
