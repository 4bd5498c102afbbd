"""Applies without git and Vault: Secrets from values at hand, on the real API server, through a shared socket."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from sealward.deploy import plan
from sealward.deploy.api import Api
from sealward.deploy.apply import Applied, Run, nothing
from sealward.deploy.plan import Asked, Plan
from sealward.deploy.proxy import Cluster
from sealward.deploy.resolution import Resolved
from sealward.deploy.settings import Restart, Target
from sealward.deploy.wanted import Entry, Wanted
from sealward.finding import Place
from sealward.plaintext import Plaintext

if TYPE_CHECKING:
    from sealward.deploy.apply import Checkpoint
    from tests.support.kube import Space

AT = Place("k8s/a.enc.yaml", 6, 8)
_SALTS = itertools.count(1)


def resolved(namespace: str, name: str, **values: str) -> Resolved:
    """A Secret of literals."""
    data = {key: Plaintext(text.encode()) for key, text in values.items()}
    wanted = Wanted(
        namespace=namespace, name=name, type="Opaque", place=AT,
        entries={key: Entry(AT, (value,)) for key, value in data.items()}, labels={}, annotations={},
    )  # fmt: skip
    return Resolved(wanted, data, {})


class Bench:
    """One target in a namespace. ``secrets`` maps names to values, as Git would have them."""

    def __init__(self, space: Space, socket: str, restart: Restart | None = None) -> None:
        self.space = space
        self.api = Api(socket, "admin")
        self.target = Target(
            name="t", path="deploy.yaml", line=1, cluster=Cluster("admin"), namespace=space.name,
            restart=restart or Restart(),
        )  # fmt: skip

    def plan(self, secrets: dict[str, dict[str, str]], *taken: str, restart: bool = True) -> Plan:
        """The plan for these Secrets."""
        asked = Asked(self.target, "c0ffee", frozenset(taken), restart)
        wanted = [resolved(self.space.name, name, **values) for name, values in sorted(secrets.items())]
        return plan.make(self.api, asked, wanted, lambda: f"{next(_SALTS):032x}")

    def run(self, made: Plan, *taken: str, checkpoint: Checkpoint = nothing, restart: bool = True) -> Run:
        """A run of a plan."""
        return Run(self.api, Asked(self.target, "c0ffee", frozenset(taken), restart), made, checkpoint)

    def apply(self, secrets: dict[str, dict[str, str]], *taken: str, prune: bool = False) -> Applied:
        """Plan, write, restart, and prune where that is asked for; nothing is waited for."""
        made = self.plan(secrets, *taken)
        assert made.problems == (), made.problems
        run = self.run(made, *taken)
        done = run.secrets_and_restarts()
        if prune and done.stopped is None:
            pruned = run.prune()
            done = done._replace(pruned=pruned.pruned, stopped=pruned.stopped)
        return done

    def state(self) -> dict[str, object]:
        """Everything that a deployment leaves: values, labels, annotations, digests, the inventory."""
        secrets = {
            one["metadata"]["name"]: (
                self.space.secret(one["metadata"]["name"]),
                one["metadata"].get("labels"),
                {
                    name: text
                    for name, text in one["metadata"].get("annotations", {}).items()
                    if "salt" not in name
                },
            )
            for one in self.space.all("secrets")
        }
        inventory = self.space.get("configmaps", "sealward-t").get("data")
        return {"secrets": secrets, "inventory": inventory}
