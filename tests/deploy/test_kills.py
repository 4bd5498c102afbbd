"""A run that is killed, at every write and at random ones: the next one ends where an unkilled one does.

``SEALWARD_KILLS=300`` makes the random part longer.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from tests.deploy.bench import Bench
from tests.support.kube import Kube, Space, env, env_from

if TYPE_CHECKING:
    from sealward.deploy.apply import Checkpoint

Secrets = dict[str, dict[str, str]]
BEFORE: Secrets = {"a": {"K": "1", "L": "1"}, "b": {"K": "1"}, "old": {"K": "1"}}
AFTER: Secrets = {"a": {"K": "2", "L": "1"}, "b": {"K": "2"}, "new": {"K": "1"}}
WORKLOADS = {"uses-k": env("a", "K"), "uses-l": env("a", "L"), "uses-b": env_from("b"), "uses-both": {
    "containers": [{"name": "main", "image": "x", "envFrom": [{"secretRef": {"name": one}} for one in "ab"]}]
}}  # fmt: skip
ROLLS = {"uses-k": 1, "uses-l": 0, "uses-b": 1, "uses-both": 1}
"""How often each is restarted on the way from one to the other."""


class Killed(BaseException):
    """What nothing in the code can catch."""


def killer(at: int) -> tuple[Checkpoint, list[str]]:
    """Ends a run at one of its writes; and the names of the writes so far."""
    seen: list[str] = []

    def checkpoint(step: str) -> None:
        seen.append(step)
        if len(seen) == at:
            raise Killed

    return checkpoint, seen


def ready(kube: Kube, socket: str) -> Bench:
    bench = Bench(Space(kube), socket)
    for name, pod in WORKLOADS.items():
        bench.space.deployment(name, pod, replicas=0)
    bench.apply(BEFORE)
    return bench


def steps(bench: Bench, at: int) -> list[str]:
    """One run that is killed at a write, if it gets there; what it wrote."""
    checkpoint, seen = killer(at)
    run = bench.run(bench.plan(AFTER), checkpoint=checkpoint)
    try:
        done = run.secrets_and_restarts()
        assert done.stopped is None
        assert run.prune().stopped is None
    except Killed:
        pass
    return seen


def generations(bench: Bench) -> dict[str, int]:
    return {name: bench.space.generation(name) for name in WORKLOADS}


def test_a_kill_at_every_write_loses_and_doubles_nothing(kube_server: Kube, socket: str) -> None:
    whole = ready(kube_server, socket)
    before = generations(whole)
    seen = steps(whole, 0)
    right = whole.state()
    assert {name: number - before[name] for name, number in generations(whole).items()} == ROLLS
    words = {step.split()[0] for step in seen}
    assert words == {"announced", "wrote", "restarted", "settled", "noted", "pruned"}
    for at in range(1, len(seen) + 1):
        bench = ready(kube_server, socket)
        before = generations(bench)
        steps(bench, at)
        bench.apply(AFTER, prune=True)
        rolled = {name: number - before[name] for name, number in generations(bench).items()}
        assert rolled == ROLLS, seen[at - 1]
        assert _same(bench.state(), right, bench, whole), seen[at - 1]
        assert bench.plan(AFTER).differs is False, seen[at - 1]


def _same(one: dict[str, object], other: dict[str, object], bench: Bench, whole: Bench) -> bool:
    return str(one).replace(bench.space.name, "NS") == str(other).replace(whole.space.name, "NS")


def test_random_kills_one_after_the_other(kube_server: Kube, socket: str) -> None:
    chance = random.Random(15)
    kills = int(os.environ.get("SEALWARD_KILLS", "12"))
    bench = ready(kube_server, socket)
    states = [AFTER, BEFORE]
    done = 0
    while done < kills:
        wanted = states[0]
        before = generations(bench)
        for _ in range(chance.randint(1, 4)):
            checkpoint, _ = killer(chance.randint(1, 10))
            run = bench.run(bench.plan(wanted), checkpoint=checkpoint)
            done += 1
            try:
                assert run.secrets_and_restarts().stopped is None
                run.prune()
            except Killed:
                continue
        bench.apply(wanted, prune=True)
        assert {name: number - before[name] for name, number in generations(bench).items()} == ROLLS
        assert {one: bench.space.secret(one) for one in wanted} == wanted
        assert not bench.plan(wanted).differs
        states.reverse()


def test_a_secret_is_never_half_written(bench: Bench) -> None:
    """Each write is one request: a kill leaves the former values, or the new ones."""
    bench.apply({"a": {"K": "1", "L": "1"}})
    checkpoint, _ = killer(1)
    with pytest.raises(Killed):
        bench.run(bench.plan({"a": {"K": "2", "L": "2"}}), checkpoint=checkpoint).secrets_and_restarts()
    assert bench.space.secret("a") in ({"K": "1", "L": "1"}, {"K": "2", "L": "2"})
