"""Waiting until what was restarted runs: progress, and the pods' own reason where it does not.

https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#complete-deployment and kubectl's
``rollout_status.go`` have the criteria.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, NamedTuple

from sealward.deploy.api import ApiError
from sealward.deploy.kinds import DAEMON_SET, DEPLOYMENT, POD, STATEFUL_SET
from sealward.deploy.shape import items, mapping, number, text, texts
from sealward.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sealward.deploy.api import Api
    from sealward.deploy.consumers import Workload
    from sealward.deploy.shape import Json

INTERVAL = 1.0
"""Seconds between two looks."""

Standing = Literal["done", "waiting", "failed", "skipped"]
"""``skipped`` is what no rollout comes of by itself: paused, ``OnDelete``."""

_GIVES_UP = (
    "CreateContainerConfigError", "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "InvalidImageName",
    "CreateContainerError", "RunContainerError",
)  # fmt: skip


class Seen(NamedTuple):
    """How a rollout stands: what to say of it, ``ready`` of ``total`` pods."""

    standing: Standing
    text: str
    ready: int = 0
    total: int = 0


class Outcome(NamedTuple):
    """How the rollout of one workload ended; ``reason`` is what its pods say where it did not end well."""

    workload: Workload
    seen: Seen
    reason: str = ""

    @property
    def failed(self) -> bool:
        """Whether it did not get ready."""
        return self.seen.standing in ("failed", "waiting")


class Clock(NamedTuple):
    """A clock in seconds, and what lets it go on."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep


SYSTEM = Clock()
"""The system's own."""


def wait(
    api: Api,
    workloads: Sequence[Workload],
    seconds: float,
    shown: Callable[[Workload, Seen], None],
    clock: Clock = SYSTEM,
) -> list[Outcome]:
    """Look at each workload until it is ready, fails, or the time is over; all of them share the time.

    ``shown`` is called at each look. Raises ApiError where the cluster cannot be asked any more.
    """
    until = clock.now() + seconds
    ended: dict[tuple[str, str], Outcome] = {}
    while True:
        for one in workloads:
            if (one.namespace, one.id) not in ended:
                found = api.get(one.kind, one.namespace, one.name)
                seen = Seen("skipped", "is gone") if found is None else look(one, found)
                shown(one, seen)
                if seen.standing != "waiting" or clock.now() >= until:
                    ended[one.namespace, one.id] = _ended(api, one, seen, seconds)
        if len(ended) == len({(one.namespace, one.id) for one in workloads}):
            return list(ended.values())
        clock.sleep(INTERVAL)


def look(workload: Workload, body: Json) -> Seen:
    """How the rollout of an object stands."""
    if text(body, "spec", "updateStrategy", "type") == "OnDelete":
        return Seen("skipped", "its strategy is OnDelete: pods get the new values when they are deleted")
    if mapping(body, "spec").get("paused") is True:
        return Seen("skipped", "is paused: `kubectl rollout resume` goes on with it")
    observed = number(body, "status", "observedGeneration") >= number(body, "metadata", "generation")
    looks = {DEPLOYMENT: _deployment, STATEFUL_SET: _stateful_set, DAEMON_SET: _daemon_set}
    if workload.kind not in looks:
        return Seen("skipped", f"how a {workload.kind.name} rolls is not known here: look at it yourself")
    if not observed:
        return Seen("waiting", "not looked at by its controller yet")
    return looks[workload.kind](body)


def _deployment(body: Json) -> Seen:
    for one in items(body, "status", "conditions"):
        if text(one, "type") == "Progressing" and text(one, "reason") == "ProgressDeadlineExceeded":
            return Seen("failed", "its progress deadline is over")
    wanted = number(body, "spec", "replicas", otherwise=1)
    new, all_pods = number(body, "status", "updatedReplicas"), number(body, "status", "replicas")
    ready = number(body, "status", "availableReplicas")
    return _counted(wanted, min(new, ready), new >= wanted and all_pods <= new and ready >= new)


def _stateful_set(body: Json) -> Seen:
    wanted = number(body, "spec", "replicas", otherwise=1)
    partition = number(body, "spec", "updateStrategy", "rollingUpdate", "partition")
    new, ready = number(body, "status", "updatedReplicas"), number(body, "status", "readyReplicas")
    if partition:
        seen = _counted(wanted - partition, new, new >= wanted - partition)
        return seen._replace(text=f"{seen.text} (partition {partition})")
    same = text(body, "status", "updateRevision") == text(body, "status", "currentRevision")
    return _counted(wanted, min(new or (wanted if same else 0), ready), same and ready >= wanted)


def _daemon_set(body: Json) -> Seen:
    wanted = number(body, "status", "desiredNumberScheduled")
    new, ready = number(body, "status", "updatedNumberScheduled"), number(body, "status", "numberAvailable")
    return _counted(wanted, min(new, ready), new >= wanted and ready >= wanted)


def _counted(wanted: int, new: int, done: bool) -> Seen:
    words = f"{new} of {wanted} pods new" if wanted else "no pods wanted"
    return Seen("done" if done else "waiting", words, new, wanted)


def _ended(api: Api, workload: Workload, seen: Seen, seconds: float) -> Outcome:
    if seen.standing in ("done", "skipped"):
        return Outcome(workload, seen)
    if seen.standing == "waiting":
        seen = seen._replace(text=f"{seen.text} after {seconds:g} s")
    return Outcome(workload, seen, _why(api, workload))


def _why(api: Api, workload: Workload) -> str:
    """What its pods say of themselves: the reason of a container that waits, or of one that ended."""
    labels = texts(workload.body, "spec", "selector", "matchLabels")
    selector = ",".join(f"{name}={value}" for name, value in sorted(labels.items()))
    if not selector:
        return ""
    try:
        pods = list(api.all(POD, workload.namespace, labelSelector=selector))
    except ApiError as error:
        return "its pods may not be listed" if error.reason == "forbidden" else ""
    said = [why for pod in pods for why in _of_pod(pod)]
    return printable(next((one for one in said if one.startswith(_GIVES_UP)), said[0] if said else ""))


def _of_pod(pod: Json) -> Iterator[str]:
    """Reasons are words of the kubelet's; its messages can quote what a container printed."""
    for status in (
        *items(pod, "status", "initContainerStatuses"),
        *items(pod, "status", "containerStatuses"),
    ):
        reason = text(status, "state", "waiting", "reason") or text(status, "state", "terminated", "reason")
        if reason and reason != "Completed":
            yield f"{reason} in {text(pod, 'metadata', 'name')} ({text(status, 'name')})"
    for one in items(pod, "status", "conditions"):
        if text(one, "type") == "PodScheduled" and text(one, "status") == "False":
            yield f"{text(one, 'reason')}: {text(pod, 'metadata', 'name')} is not scheduled"
