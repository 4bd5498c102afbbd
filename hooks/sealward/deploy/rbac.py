"""The least role that an apply needs: names of Secrets and kinds of workloads are known, so they stand in it.

Nobody need list Secrets: server-side apply obeys ``resourceNames`` also where it makes an object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.deploy.inventory import name_of
from sealward.deploy.kinds import CONFIG_MAP, OTHER, ROLLING, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sealward.deploy.kinds import Kind
    from sealward.deploy.settings import Target
    from sealward.deploy.shape import Json

API = "rbac.authorization.k8s.io"


class Subject(NamedTuple):
    """Who gets the role: a ServiceAccount (with its namespace), a User or a Group."""

    kind: str
    name: str
    namespace: str = ""


def objects(target: Target, names: Iterable[tuple[str, str]], subject: Subject) -> list[Json]:
    """A Role and a RoleBinding for each namespace; ``names`` are the Secrets (namespace, name)."""
    by_space: dict[str, list[str]] = {space: [] for space in target.all_namespaces}
    for space, name in names:
        by_space.setdefault(space, []).append(name)
    found: list[Json] = []
    for space, secrets in sorted(by_space.items()):
        found += [_role(target, space, sorted(secrets)), _binding(target, space, subject)]
    return found


def rules(target: Target, namespace: str, secrets: Sequence[str]) -> list[Json]:
    """What may be done in a namespace."""
    found: list[Json] = []
    if secrets:
        found.append(_rule(SECRET, ("get", "create", "patch", "delete"), secrets))
    if namespace == target.namespace:
        found.append(_rule(CONFIG_MAP, ("get", "create", "patch"), (name_of(target),)))
    found += [_rule(kind, ("list",)) for kind in (*ROLLING, *target.kinds, *OTHER)]
    if target.restart.consumers:
        for kind in (*ROLLING, *target.kinds):
            only = [one.partition("/")[2] for one in target.restart.only if one.startswith(f"{kind.word}/")]
            if only or not target.restart.only:
                found.append(_rule(kind, ("get", "patch"), only))
    return found


def _rule(kind: Kind, verbs: Sequence[str], names: Sequence[str] = ()) -> Json:
    rule: Json = {"apiGroups": [kind.group], "resources": [kind.plural], "verbs": list(verbs)}
    return rule | ({"resourceNames": list(names)} if names else {})


def _role(target: Target, namespace: str, secrets: Sequence[str]) -> Json:
    return {
        "apiVersion": f"{API}/v1",
        "kind": "Role",
        "metadata": {"name": name_of(target), "namespace": namespace},
        "rules": rules(target, namespace, secrets),
    }


def _binding(target: Target, namespace: str, subject: Subject) -> Json:
    who: Json = {"kind": subject.kind, "name": subject.name}
    who |= {"namespace": subject.namespace} if subject.kind == "ServiceAccount" else {"apiGroup": API}
    return {
        "apiVersion": f"{API}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name_of(target), "namespace": namespace},
        "roleRef": {"apiGroup": API, "kind": "Role", "name": name_of(target)},
        "subjects": [who],
    }
