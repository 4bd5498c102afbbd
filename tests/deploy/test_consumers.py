"""Which Secrets and keys a pod template uses, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from sealward.deploy.consumers import Use, is_owned, uses, workload
from sealward.deploy.kinds import CRON_JOB, DEPLOYMENT, POD

ALL, MOUNTED = Use(all=True), Use(all=True, mounted=True)


def key(name: str) -> Use:
    return Use(keys=frozenset((name,)))


def container(**fields: Any) -> dict[str, Any]:
    return {"containers": [{"name": "c", **fields}]}


ENV = {"name": "V", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
VOLUME = {"name": "v", "secret": {"secretName": "s"}}
CASES: list[tuple[dict[str, Any], dict[str, Use]]] = [
    (container(), {}),
    (container(env=[ENV]), {"s": key("k")}),
    (container(env=[{"name": "V", "value": "s"}]), {}),
    (container(env=[{"name": "V", "valueFrom": {"configMapKeyRef": {"name": "s", "key": "k"}}}]), {}),
    (container(envFrom=[{"secretRef": {"name": "s"}}]), {"s": ALL}),
    (container(envFrom=[{"configMapRef": {"name": "s"}}]), {}),
    ({"initContainers": [{"env": [ENV]}]}, {"s": key("k")}),
    ({"ephemeralContainers": [{"env": [ENV]}]}, {"s": key("k")}),
    ({"volumes": [VOLUME]}, {"s": MOUNTED}),
    (
        {"volumes": [{"secret": {"secretName": "s", "items": [{"key": "k", "path": "p"}]}}]},
        {"s": Use(keys=frozenset("k"), mounted=True)},
    ),
    ({"volumes": [{"projected": {"sources": [{"secret": {"name": "s"}}, {"configMap": {"name": "t"}}]}}]}, {"s": MOUNTED}),
    ({"volumes": [VOLUME], **container(volumeMounts=[{"name": "v", "subPath": "k"}])}, {"s": ALL}),
    ({"volumes": [VOLUME], **container(volumeMounts=[{"name": "v", "mountPath": "/k"}])}, {"s": MOUNTED}),
    ({"volumes": [VOLUME], **container(env=[ENV])}, {"s": Use(keys=frozenset("k"), all=True)}),
    ({"volumes": [{"csi": {"driver": "d", "nodePublishSecretRef": {"name": "s"}}}]}, {"s": ALL}),
    ({"volumes": [{"azureFile": {"secretName": "s"}}]}, {"s": ALL}),
    *(({"volumes": [{driver: {"secretRef": {"name": "s"}}}]}, {"s": ALL}) for driver in
      ("flexVolume", "iscsi", "rbd", "cephfs", "cinder", "scaleIO", "storageos")),
    ({"imagePullSecrets": [{"name": "s"}]}, {"s": Use(mounted=True, pulling=True)}),
    ({"imagePullSecrets": [{"name": "s"}], **container(env=[ENV])}, {"s": key("k")}),
    ({"volumes": [{"emptyDir": {}}, None, "x"], "containers": None}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("pod", "found"), CASES)
def test_uses(pod: dict[str, Any], found: dict[str, Use]) -> None:
    assert uses(pod) == found


def test_each_kind_has_its_pods_elsewhere() -> None:
    pod = container(env=[ENV])
    for kind, body in (
        (POD, {"spec": pod}),
        (DEPLOYMENT, {"spec": {"template": {"spec": pod}}}),
        (CRON_JOB, {"spec": {"jobTemplate": {"spec": {"template": {"spec": pod}}}}}),
    ):
        found = workload(kind, {**body, "metadata": {"name": "n", "namespace": "ns"}})
        assert (found.id, found.namespace, set(found.uses)) == (f"{kind.word}/n", "ns", {"s"})


def test_what_another_object_made_does_not_count() -> None:
    owner = {"kind": "Deployment", "controller": True}
    assert is_owned({"metadata": {"ownerReferences": [owner]}})
    assert not is_owned({"metadata": {"ownerReferences": [{"kind": "X"}]}})
    assert not is_owned({"metadata": {}})
