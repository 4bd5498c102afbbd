"""Plans against a real cluster: what would change, who restarts, what the cluster would refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.kube import env

if TYPE_CHECKING:
    from tests.deploy.bench import Bench
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


def test_a_secret_of_another_target_is_not_taken_in_silence(bench: Bench) -> None:
    """Two targets have one field manager: the API server would see no conflict."""
    bench.apply({"a": {"A": "1"}})
    bench.target = bench.target._replace(name="other")
    (problem,) = bench.plan({"a": {"A": "2"}}).problems
    assert "belongs to the target t; remove it there, or move it here with --take-over a" in str(problem)
    bench.apply({"a": {"A": "2"}}, "a")
    assert bench.plan({"a": {"A": "2"}}).problems == ()


def test_other_labels_alone_are_said_as_such(stage: Stage) -> None:
    stage.secret("keys", A="1")
    stage.commit()
    stage.apply()
    stage.secret("keys", "  labels: {team: bots}\n", A="1")
    stage.commit()
    assert stage.deploy("diff") == 1
    assert "other labels or annotations, the same values" in stage.out
    assert stage.apply() == 0
    stage.secret("keys", A="1")
    stage.commit()
    assert stage.apply() == 0
    assert "team" not in stage.space.get("secrets", "keys")["metadata"]["labels"]


def test_a_long_name_has_an_annotation_that_fits(bench: Bench) -> None:
    name = "a" * 250
    bench.space.deployment("bot", env(name, "A"), replicas=0)
    bench.apply({name: {"A": "1"}})
    generation = bench.space.generation("bot")
    assert not bench.plan({name: {"A": "1"}}).differs
    bench.apply({name: {"A": "2"}})
    assert bench.space.generation("bot") == generation + 1
