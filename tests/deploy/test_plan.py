"""Plans against a real cluster: what would change, who restarts, what the cluster would refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.kube import env

if TYPE_CHECKING:
    from tests.deploy.stage import Stage


def test_a_plan_writes_nothing_and_says_key_by_key_what_changes(stage: Stage) -> None:
    stage.bao.put("bot", a="1", b="2")
    stage.secret("keys", A=stage.reference("bot", "a", 1), B=stage.reference("bot", "b", 1), C="text")
    stage.commit()
    stage.apply()
    stage.bao.put("bot", a="11")
    stage.secret("keys", A=stage.reference("bot", "a", 2), B=stage.reference("bot", "b", 2), D="more")
    stage.commit()
    before = stage.space.get("secrets", "keys")
    assert stage.deploy("diff") == 1
    mount = stage.bao.mount
    assert f"  ~ A  {mount}/bot#a#1 → #2\n" in stage.out
    assert f"  = B  {mount}/bot#b#1 → #2, the same value\n" in stage.out
    assert "  - C  (literal)\n" in stage.out
    assert "  + D  (literal)\n" in stage.out
    assert stage.space.get("secrets", "keys") == before
    assert stage.apply() == 0
    assert stage.space.secret("keys") == {"A": "11", "B": "2", "D": "more"}


def test_a_conflict_is_named_by_key_and_owner_and_nothing_is_written(stage: Stage) -> None:
    stage.secret("keys", A="1")
    stage.secret("other", A="1")
    stage.commit()
    stage.apply()
    stage.space.patch("secrets", "keys", {"data": {"A": "eA=="}}, manager="somebody")
    stage.secret("other", A="2")
    stage.commit()
    assert stage.apply() == 2
    assert "data.A is held by somebody; remove it there, or decide for Git with --take-over keys" in stage.err
    assert "nothing was changed" in stage.err
    assert stage.space.secret("other") == {"A": "1"}
    assert stage.apply("--take-over", "keys") == 0, stage.err
    assert stage.space.secret("keys") == {"A": "1"}


def test_a_repin_to_the_same_value_restarts_nothing(stage: Stage) -> None:
    stage.bao.put("bot", a="1")
    stage.bao.put("bot", a="1")
    stage.space.deployment("bot", env("keys", "A"))
    stage.secret("keys", A=stage.reference("bot", "a", 1))
    stage.commit()
    stage.apply()
    generation = stage.space.generation("bot")
    stage.secret("keys", A=stage.reference("bot", "a", 2))
    stage.commit()
    assert stage.apply() == 0
    assert "re-pinned, the same values" in stage.out
    assert stage.space.generation("bot") == generation
