"""The role that is printed is enough, and no rule of it is too much."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from sealward.deploy import rbac
from sealward.deploy.api import Api
from sealward.deploy.proxy import Cluster
from sealward.deploy.rbac import Subject
from sealward.deploy.settings import Restart, Target
from sealward.errors import SealwardError
from tests.deploy.bench import Bench
from tests.support.kube import env

if TYPE_CHECKING:
    from tests.support.kube import Space


def grant(space: Space, user: str, rules: list[dict[str, Any]]) -> None:
    """Give a user just these rules."""
    group = "rbac.authorization.k8s.io"
    space.make("roles", {"metadata": {"name": user}, "rules": rules})
    reference = {"apiGroup": group, "kind": "Role", "name": user}
    who = {"kind": "User", "name": user, "apiGroup": group}
    space.make("rolebindings", {"metadata": {"name": user}, "roleRef": reference, "subjects": [who]})


class As(Api):
    """The same cluster, as somebody else: the administrator may say who asks."""

    def headers(self, how: str) -> dict[str, str]:
        return {**super().headers(how), "Impersonate-User": self.cluster}


def said(space: Space, socket: str, user: str) -> str:
    """All steps that need a right: creates, a change with a restart, one that is taken back, a prune. What was
    said of a right that is missing; empty where none is."""
    bench = Bench(space, socket)
    bench.api = As(socket, user)
    found: list[str] = []
    for secrets in ({"kept": {"A": "1"}, "old": {"A": "1"}}, {"kept": {"A": "2"}}):
        try:
            made = bench.plan(secrets)
            found += [*made.notes, *map(str, made.problems)]
            if made.problems:
                return "; ".join(found)
            run = bench.run(made)
            done = run.secrets_and_restarts()
            stops = [done.stopped, run.prune().stopped] if not done.stopped else [done.stopped]
            found += [str(one.error) for one in stops if one]
            found += [one.kept for one in made.pruned if one.kept]
            for one in run.restarted:
                bench.api.get(one.workload.kind, space.name, one.workload.name)
        except SealwardError as error:
            return str(error)
    return "; ".join(found)


def test_the_role_is_enough_and_each_rule_is_needed(space: Space, socket: str) -> None:
    target = SPACE._replace(namespace=space.name, namespaces=())
    rules: list[Any] = rbac.rules(target, space.name, ["kept", "old"])
    verbs = [(rule, verb) for rule in rules for verb in rule["verbs"]]
    wrong = []
    for plural, kind in (
        ("deployments", "Deployment"),
        ("statefulsets", "StatefulSet"),
        ("daemonsets", "DaemonSet"),
    ):
        space.workload(plural, kind, "bot", env("kept", "A"))
    for number, (rule, verb) in enumerate([({}, ""), *verbs], 2):
        user = f"user{number}"
        less = [{**one, "verbs": [v for v in one["verbs"] if (one, v) != (rule, verb)]} for one in rules]
        grant(space, user, [one for one in less if one["verbs"]])
    time.sleep(0.3)
    for number, (rule, verb) in enumerate([({}, ""), *verbs], 2):
        for name in ("kept", "old"):
            space.kube.ask("DELETE", space.path("secrets", name))
        space.kube.ask("DELETE", space.path("configmaps", "sealward-t"))
        text = said(space, socket, f"user{number}")
        if ("may not" in text) != bool(rule):
            wrong.append((rule, verb, text))
    assert wrong == []


SPACE = Target(name="t", path="deploy.yaml", line=1, cluster=Cluster("c"), namespace="a", namespaces=("b",))


def verbs(target: Target, namespace: str, *secrets: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for rule in rbac.rules(target, namespace, secrets):
        resources, allowed, names = rule["resources"], rule["verbs"], rule.get("resourceNames", [])
        assert isinstance(resources, list)
        assert isinstance(allowed, list)
        assert isinstance(names, list)
        text = ",".join(allowed) + (f" of {','.join(names)}" if names else "")
        found[resources[0]] = "; ".join(filter(None, [found.get(resources[0], ""), text]))
    return found


def test_names_stand_in_the_role() -> None:
    assert verbs(SPACE, "a", "x", "y")["secrets"] == "get,create,patch,delete of x,y"
    assert verbs(SPACE, "a", "x")["configmaps"] == "get,create,patch of sealward-t"
    assert "secrets" not in verbs(SPACE, "b")
    assert "configmaps" not in verbs(SPACE, "b")
    assert verbs(SPACE, "b")["deployments"] == "list; get,patch"


@pytest.mark.parametrize(
    ("restart", "deployments", "daemons"),
    [
        (Restart(consumers=False), "list", "list"),
        (Restart(only=("deployment/bot", "statefulset/x")), "list; get,patch of bot", "list"),
    ],
)
def test_what_is_not_restarted_needs_no_right(restart: Restart, deployments: str, daemons: str) -> None:
    found = verbs(SPACE._replace(restart=restart), "a")
    assert (found["deployments"], found["daemonsets"]) == (deployments, daemons)


def test_each_namespace_has_a_role_and_a_binding() -> None:
    made = rbac.objects(SPACE, [("a", "x"), ("b", "y")], Subject("ServiceAccount", "ci", "tools"))
    assert [one["kind"] for one in made] == ["Role", "RoleBinding"] * 2
    assert made[1]["subjects"] == [{"kind": "ServiceAccount", "name": "ci", "namespace": "tools"}]
