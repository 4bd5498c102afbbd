"""When a rollout is over, by the status of each kind, and waiting with a clock that is handed in."""

from __future__ import annotations

from typing import Any

import pytest

from sealward.deploy import rollout
from sealward.deploy.consumers import workload
from sealward.deploy.kinds import DAEMON_SET, DEPLOYMENT, STATEFUL_SET, Kind
from sealward.deploy.rollout import Clock, Standing


def body(spec: dict[str, Any] | None = None, /, generation: int = 2, **status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "n", "namespace": "ns", "generation": generation},
        "spec": spec or {},
        "status": {"observedGeneration": 2, **status},
    }


OLD: dict[str, Any] = {"updateRevision": "b", "currentRevision": "a"}
SAME: dict[str, Any] = {"updateRevision": "b", "currentRevision": "b"}
CASES: list[tuple[Kind, dict[str, Any], Standing]] = [
    (DEPLOYMENT, body({"replicas": 2}, updatedReplicas=2, replicas=2, availableReplicas=2), "done"),
    (DEPLOYMENT, body({"replicas": 2}, updatedReplicas=2, replicas=3, availableReplicas=3), "waiting"),
    (DEPLOYMENT, body({"replicas": 2}, updatedReplicas=2, replicas=2, availableReplicas=1), "waiting"),
    (DEPLOYMENT, body({"replicas": 2}, updatedReplicas=1, replicas=2, availableReplicas=2), "waiting"),
    (DEPLOYMENT, body({"replicas": 0}), "done"),
    (DEPLOYMENT, body({}, updatedReplicas=1, replicas=1, availableReplicas=1), "done"),
    (DEPLOYMENT, body({"replicas": 0}, generation=3), "waiting"),
    (DEPLOYMENT, body({"paused": True}), "skipped"),
    (
        DEPLOYMENT,
        body(conditions=[{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]),
        "failed",
    ),
    (STATEFUL_SET, body({"replicas": 2}, readyReplicas=2, updatedReplicas=2, **SAME), "done"),
    (STATEFUL_SET, body({"replicas": 2}, readyReplicas=2, updatedReplicas=1, **OLD), "waiting"),
    (STATEFUL_SET, body({"replicas": 2}, readyReplicas=1, **SAME), "waiting"),
    (STATEFUL_SET, body({"replicas": 0}, **SAME), "done"),
    (STATEFUL_SET, body({"updateStrategy": {"type": "OnDelete"}}), "skipped"),
    (
        STATEFUL_SET,
        body(
            {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}}, updatedReplicas=1, **OLD
        ),
        "done",
    ),
    (DAEMON_SET, body(desiredNumberScheduled=2, updatedNumberScheduled=2, numberAvailable=2), "done"),
    (DAEMON_SET, body(desiredNumberScheduled=2, updatedNumberScheduled=1, numberAvailable=2), "waiting"),
    (DAEMON_SET, body(desiredNumberScheduled=2, updatedNumberScheduled=2, numberUnavailable=1), "waiting"),
    (DAEMON_SET, body(desiredNumberScheduled=0), "done"),
]


@pytest.mark.parametrize(("kind", "found", "standing"), CASES)
def test_how_a_rollout_stands(kind: Kind, found: dict[str, Any], standing: Standing) -> None:
    assert rollout.look(workload(kind, found), found).standing == standing


class Cluster:
    """Answers with one object after the other, and with pods."""

    def __init__(self, *answers: dict[str, Any], pods: list[dict[str, Any]] | None = None) -> None:
        self.answers, self.pods, self.time = list(answers), pods or [], 0.0

    def get(self, *_: object) -> dict[str, Any]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def all(self, *_: object, **__: object) -> list[dict[str, Any]]:
        return self.pods

    @property
    def clock(self) -> Clock:
        def sleep(seconds: float) -> None:
            self.time += seconds

        return Clock(lambda: self.time, sleep)


def test_waiting_ends_when_all_is_ready_or_the_time_is_over() -> None:
    waits, ready = CASES[1][1], CASES[0][1]
    one = workload(DEPLOYMENT, waits)
    looks: list[str] = []
    cluster = Cluster(waits, waits, ready)
    (ended,) = rollout.wait(cluster, [one], 60, lambda _, seen: looks.append(seen.text), cluster.clock)  # type: ignore[arg-type]
    assert (ended.failed, cluster.time, len(looks)) == (False, 2.0, 3)
    cluster = Cluster(waits)
    (ended,) = rollout.wait(cluster, [one], 5, lambda *_: None, cluster.clock)  # type: ignore[arg-type]
    assert (ended.failed, ended.seen.text, cluster.time) == (True, "2 of 2 pods new after 5 s", 5.0)


def test_a_failure_has_the_pods_own_reason_and_no_message_of_theirs() -> None:
    failed = {**CASES[8][1], "spec": {"selector": {"matchLabels": {"app": "n"}}}}
    waiting = {"reason": "CreateContainerConfigError", "message": "quotes a value"}
    pods = [
        {"metadata": {"name": "p0"}, "status": {"containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ContainerCreating"}}}]}},
        {"metadata": {"name": "p1"}, "status": {"containerStatuses": [{"name": "c", "state": {"waiting": waiting}}]}},
    ]  # fmt: skip
    cluster = Cluster(failed, pods=pods)
    (ended,) = rollout.wait(cluster, [workload(DEPLOYMENT, failed)], 60, lambda *_: None, cluster.clock)  # type: ignore[arg-type]
    assert (ended.failed, ended.reason) == (True, "CreateContainerConfigError in p1 (c)")
    assert cluster.time == 0
