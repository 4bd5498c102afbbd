"""Deployments on a real API server: what is written, who restarts, what a second run does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealward.deploy import rollout
from sealward.deploy.kinds import Kind
from sealward.deploy.settings import Restart
from tests.deploy.bench import Bench
from tests.support.kube import Space, env, env_from

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


def test_a_first_adoption_restarts_only_for_values_that_differ(bench: Bench) -> None:
    space = bench.space
    space.make("secrets", {"metadata": {"name": "theirs"}, "data": {"A": "MQ==", "B": "MQ=="}})
    space.deployment("bot", env("theirs", "A"), replicas=0)
    generation = space.generation("bot")
    done = bench.apply({"theirs": {"A": "1", "B": "1"}})
    assert (len(done.written), space.generation("bot")) == (1, generation)
    assert space.get("secrets", "theirs")["metadata"]["labels"]["sealward.dev/target"] == "t"
    assert bench.apply({"theirs": {"A": "1", "B": "1"}}).written == ()


def test_keys_that_git_drops_go_and_keys_of_others_stay(bench: Bench) -> None:
    bench.apply({"a": {"A": "1", "B": "1"}})
    bench.space.patch("secrets", "a", {"data": {"THEIRS": "MQ=="}})
    bench.apply({"a": {"A": "1"}})
    assert bench.space.secret("a") == {"A": "1", "THEIRS": "1"}
    assert not bench.plan({"a": {"A": "1"}}).differs


def test_two_secrets_of_one_workload_are_one_restart(bench: Bench) -> None:
    bench.space.deployment("bot", {"volumes": [
        {"name": "v1", "secret": {"secretName": "a"}}, {"name": "v2", "projected": {"sources": [{"secret": {"name": "b"}}]}}
    ]}, replicas=0)  # fmt: skip
    bench.apply({"a": {"A": "1"}, "b": {"A": "1"}})
    generation = bench.space.generation("bot")
    done = bench.apply({"a": {"A": "2"}, "b": {"A": "2"}})
    assert bench.space.generation("bot") == generation + 1
    assert [one.why for one in done.restarted] == [("a:A", "b:A")]


def test_stateful_and_daemon_sets_restart_and_what_cannot_is_named(bench: Bench) -> None:
    space = bench.space
    space.workload("statefulsets", "StatefulSet", "db", env("a", "A"), replicas=0, serviceName="db")
    space.workload("daemonsets", "DaemonSet", "agent", env("a", "A"))
    space.deployment("off", env("a", "A"), replicas=0)
    space.patch("deployments", "off", {"metadata": {"annotations": {"sealward.dev/restart": "false"}}})
    space.make("pods", {"metadata": {"name": "bare"}, "spec": env("a", "A")})
    template = {"spec": {**env("a", "A"), "restartPolicy": "Never"}}
    job = {"spec": {"template": template}}
    space.make(
        "cronjobs", {"metadata": {"name": "nightly"}, "spec": {"schedule": "0 0 * * *", "jobTemplate": job}}
    )
    bench.apply({"a": {"A": "1"}})
    made = bench.plan({"a": {"A": "2"}})
    assert {one.workload.id for one in made.restarts} == {"statefulset/db", "daemonset/agent"}
    assert {one.workload.id: one.why for one in made.left} == {
        "deployment/off": "its annotation sealward.dev/restart says so",
        "pod/bare": "it cannot be rolled: start it again by hand",
        "cronjob/nightly": "its next run gets the new values",
    }


def test_a_target_can_name_what_restarts(space: Space, socket: str) -> None:
    for restart, ids in (
        (Restart(consumers=False), set()),
        (Restart(only=("deployment/reads-api",)), {"deployment/reads-api"}),
        (Restart(volumes=False), {"deployment/env"}),
        (Restart(), {"deployment/env", "deployment/mounts"}),
    ):
        bench = Bench(Space(space.kube), socket, restart)
        bench.space.deployment("env", env("a", "A"), replicas=0)
        bench.space.deployment(
            "mounts", {"volumes": [{"name": "v", "secret": {"secretName": "a"}}]}, replicas=0
        )
        bench.space.deployment("reads-api", replicas=0)
        bench.apply({"a": {"A": "1"}})
        assert {one.workload.id for one in bench.plan({"a": {"A": "2"}}).restarts} == ids


def test_a_restart_that_is_put_off_is_made_by_the_next_run(bench: Bench) -> None:
    bench.space.deployment("bot", env("a", "A"), replicas=0)
    bench.apply({"a": {"A": "1"}})
    generation = bench.space.generation("bot")
    bench.run(bench.plan({"a": {"A": "2"}}, restart=False), restart=False).secrets_and_restarts()
    assert (bench.space.secret("a"), bench.space.generation("bot")) == ({"A": "2"}, generation)
    assert bench.plan({"a": {"A": "2"}}).differs
    bench.apply({"a": {"A": "2"}})
    assert bench.space.generation("bot") == generation + 1
    assert not bench.plan({"a": {"A": "2"}}).differs


def test_pruning_removes_only_what_is_ours_and_not_used(bench: Bench) -> None:
    space = bench.space
    every = {name: {"A": "1"} for name in ("kept", "gone", "used", "taken")}
    bench.apply(every)
    space.deployment("bot", env("used", "A"), replicas=0)
    space.patch("secrets", "taken", {"metadata": {"labels": {"sealward.dev/target": None}}})
    space.make("secrets", {"metadata": {"name": "theirs"}})
    assert bench.apply({"kept": {"A": "1"}}).pruned == ()
    done = bench.apply({"kept": {"A": "1"}}, prune=True)
    assert done.pruned == (f"{space.name}/gone",)
    assert {one["metadata"]["name"] for one in space.all("secrets")} == {"kept", "used", "taken", "theirs"}
    assert {one.name: one.kept for one in bench.plan({"kept": {"A": "1"}}).pruned} == {
        "used": "deployment/bot uses it", "taken": "it is no longer ours: somebody took our label away"
    }  # fmt: skip


def test_what_fails_in_the_middle_is_taken_back(bench: Bench) -> None:
    """The second Secret is changed by somebody else between the plan and the write."""
    bench.apply({"a": {"A": "1"}, "z": {"A": "1"}})
    made = bench.plan({"a": {"A": "2"}, "b": {"A": "1"}, "z": {"A": "2"}})
    before = bench.space.get("secrets", "a")
    bench.space.patch("secrets", "z", {"metadata": {"labels": {"x": "y"}}})
    stopped = bench.run(made).secrets_and_restarts().stopped
    assert stopped is not None
    assert "somebody else changed it meanwhile" in str(stopped.error)
    assert (set(stopped.taken_back), stopped.standing) == ({f"{bench.space.name}/{one}" for one in "ab"}, ())
    assert bench.space.secret("a") == {"A": "1"}
    assert bench.space.secret("b") == {}
    assert bench.space.get("secrets", "a")["metadata"]["annotations"] == before["metadata"]["annotations"]


def test_what_cannot_be_taken_back_is_named(bench: Bench) -> None:
    bench.apply({"a": {"A": "1"}, "z": {"A": "1"}})
    made = bench.plan({"a": {"A": "2"}, "z": {"A": "2"}})
    bench.space.patch("secrets", "z", {"metadata": {"labels": {"x": "y"}}})

    def somebody(step: str) -> None:
        if step.startswith("wrote"):
            bench.space.patch("secrets", "a", {"metadata": {"labels": {"x": "y"}}})

    stopped = bench.run(made, checkpoint=somebody).secrets_and_restarts().stopped
    assert stopped is not None
    assert stopped.standing == (f"{bench.space.name}/a",)


def test_two_runs_at_once_end_in_one_state(bench: Bench) -> None:
    bench.apply({"a": {"A": "1"}})
    first, second = bench.plan({"a": {"A": "2"}}), bench.plan({"a": {"A": "3"}})
    assert bench.run(first).secrets_and_restarts().stopped is None
    stopped = bench.run(second).secrets_and_restarts().stopped
    assert stopped is not None
    assert "somebody else changed it meanwhile; run it again" in str(stopped.error)
    assert bench.space.secret("a") == {"A": "2"}


@pytest.mark.parametrize("copy", [True, False])
def test_a_copy_that_kubectl_left_is_reported_and_taken_away(copy: bool, bench: Bench) -> None:
    name = "kubectl.kubernetes.io/last-applied-configuration"
    annotations = {name: "{}"} if copy else {}
    bench.space.make(
        "secrets", {"metadata": {"name": "a", "annotations": annotations}, "data": {"A": "MQ=="}}
    )
    made = bench.plan({"a": {"A": "1"}})
    assert any("left a copy of the values" in one for one in made.notes) is copy
    bench.apply({"a": {"A": "2"}}, "a")
    assert name not in bench.space.get("secrets", "a")["metadata"]["annotations"]


def test_the_clusters_refusals_are_known_before_the_first_write(bench: Bench) -> None:
    space = bench.space
    space.make("secrets", {"metadata": {"name": "fixed"}, "immutable": True, "data": {"A": "MQ=="}})
    space.make("secrets", {"metadata": {"name": "typed"}, "type": "example.org/x", "data": {"A": "MQ=="}})
    made = bench.plan({"a": {"A": "1"}, "fixed": {"A": "2"}, "typed": {"A": "1"}}, "*")
    said = " | ".join(map(str, made.problems))
    assert "secret/fixed" in said
    assert "secret/typed" in said
    assert "cannot be changed: give it another name, or delete it" in said
    assert space.secret("a") == {}


def test_a_rollout_that_fails_names_the_pods_reason_and_goes_back(stage: Stage) -> None:
    space = stage.space
    name = f"fails-{space.name}"
    space.deployment(name, env("keys", "A"), progressDeadlineSeconds=1)
    stage.secret("keys", A="Canary-first")
    stage.commit()
    assert stage.apply() == 0, stage.err
    space.settled(name)
    stage.secret("keys", A="Canary-second")
    stage.commit()
    space.kube.crashing[name] = "CreateContainerConfigError"
    assert stage.apply() == 2
    assert "failed, its progress deadline is over; CreateContainerConfigError in " in stage.out
    assert "the new values stay; fix the workload, or go back with --rollback" in stage.err
    assert "did not get ready" in stage.out.splitlines()[-1]
    assert stage.apply("--no-wait") == 0
    stage.secret("keys", A="Canary-third")
    stage.commit()
    former = space.get("deployments", name)["spec"]["template"]["metadata"]["annotations"]
    assert stage.apply("--rollback", "--format", "json") == 2
    data = json.loads(stage.out)
    assert (data["done"], data["gone_back"]) == (False, True)
    assert space.secret("keys") == {"A": "Canary-second"}
    assert space.get("deployments", name)["spec"]["template"]["metadata"]["annotations"] == former
    assert "and it does not get ready with them either" in stage.err
    del space.kube.crashing[name]
    for pod in space.all("pods"):
        space.kube.ask("DELETE", space.path("pods", pod["metadata"]["name"]), {"gracePeriodSeconds": 0})
    assert "Canary" not in stage.out + stage.err


def test_without_a_terminal_a_change_needs_a_yes(stage: Stage) -> None:
    stage.secret("keys", A="1")
    stage.commit()
    assert stage.deploy("apply") == 2
    assert "no terminal to ask on; add --yes" in stage.err
    assert stage.apply() == 0
    assert stage.deploy("apply") == 0


def test_a_namespace_that_is_not_there(stage: Stage) -> None:
    stage.files["deploy.yaml"] = str(stage.files["deploy.yaml"]).replace(stage.space.name, "nowhere")
    stage.secret("keys", A="1")
    stage.commit()
    assert stage.apply() == 2
    assert "`kubectl create namespace nowhere` makes it" in stage.err
    assert "nothing was changed" in stage.err


def test_further_kinds_with_a_pod_template_restart(bench: Bench) -> None:
    """Anything with `spec.template` that the target names. A kind of one's own makes the API server of 1.20, as
    built for these tests, crash: an old kind that nobody lists otherwise stands for it."""
    space = bench.space
    template = {"metadata": {"labels": {"app": "bot"}}, "spec": env("a", "A")}
    spec = {"replicas": 0, "selector": {"app": "bot"}, "template": template}
    space.make("replicationcontrollers", {"metadata": {"name": "bot"}, "spec": spec})
    bench.target = bench.target._replace(
        kinds=(Kind("v1", "replicationcontrollers", "ReplicationController"),)
    )
    bench.apply({"a": {"A": "1"}})
    done = bench.apply({"a": {"A": "2"}})
    assert [one.workload.id for one in done.restarted] == ["replicationcontroller/bot"]
    found = space.get("replicationcontrollers", "bot")["spec"]["template"]
    assert "sealward.dev/secret.a" in found["metadata"]["annotations"]
    assert not bench.plan({"a": {"A": "2"}}).differs
    looked = rollout.look(done.restarted[0].workload, done.restarted[0].workload.body)
    assert looked.standing == "skipped"
