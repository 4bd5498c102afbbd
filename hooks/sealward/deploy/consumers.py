"""Who uses a Secret, and which of its keys: read off pod templates.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1 has the fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.deploy.shape import at, items, mapping, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.deploy.kinds import Kind
    from sealward.deploy.shape import Json

_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_DRIVERS = (
    "flexVolume", "iscsi", "rbd", "cephfs", "cinder", "scaleIO", "storageos",
)  # fmt: skip
"""Volumes with a ``secretRef: {name: …}``."""


class Use(NamedTuple):
    """How a pod template uses one Secret.

    ``keys`` are those that are read, ``all`` says that every key is; ``mounted`` that it is only mounted as
    a volume, which the kubelet refreshes; ``pulling`` that it only serves to pull images.
    """

    keys: frozenset[str] = frozenset()
    all: bool = False
    mounted: bool = False
    pulling: bool = False

    def joined(self, other: Use) -> Use:
        """Both uses as one."""
        return Use(
            keys=self.keys | other.keys,
            all=self.all or other.all,
            mounted=self.mounted and other.mounted,
            pulling=self.pulling and other.pulling,
        )


class Workload(NamedTuple):
    """An object with pods: which one, its object as it was read, and its uses of Secrets by name."""

    kind: Kind
    namespace: str
    name: str
    body: Json
    uses: dict[str, Use]

    @property
    def id(self) -> str:
        """``deployment/bot``."""
        return f"{self.kind.word}/{self.name}"

    @property
    def annotations(self) -> dict[str, str]:
        """Those of the pod template."""
        return texts(self.body, "spec", "template", "metadata", "annotations")

    def annotation(self, name: str) -> str:
        """One of the workload itself."""
        return text(self.body, "metadata", "annotations", name)


def workload(kind: Kind, body: Json) -> Workload:
    """An object that the API gave, with what it uses."""
    return Workload(
        kind=kind,
        namespace=text(body, "metadata", "namespace"),
        name=text(body, "metadata", "name"),
        body=_without_pods(body),
        uses=uses(_pod(kind, body)),
    )


def _without_pods(body: Json) -> Json:
    """What is asked later, and no more: there may be very many."""
    metadata = {name: one for name, one in mapping(body, "metadata").items() if name != "managedFields"}
    spec = {
        name: one for name, one in mapping(body, "spec").items() if name not in ("template", "jobTemplate")
    }
    annotations = texts(body, "spec", "template", "metadata", "annotations")
    spec["template"] = {"metadata": {"annotations": annotations}}
    return {"metadata": metadata, "spec": spec, "status": body.get("status")}


def is_owned(body: Json) -> bool:
    """Whether another object made it (a ReplicaSet of a Deployment, a Job of a CronJob): that one counts."""
    return any(at(one, "controller") is True for one in items(body, "metadata", "ownerReferences"))


def uses(pod: Json) -> dict[str, Use]:
    """The Secrets of a pod's specification by name, and how each is used."""
    found: dict[str, Use] = {}
    for name, use in _all(pod):
        if name:
            found[name] = found[name].joined(use) if name in found else use
    return found


def _pod(kind: Kind, body: Json) -> Json:
    """Where an object of a kind has the specification of its pods."""
    if kind.name == "Pod":
        return mapping(body, "spec")
    if kind.name == "CronJob":
        return mapping(body, "spec", "jobTemplate", "spec", "template", "spec")
    return mapping(body, "spec", "template", "spec")


def _all(pod: Json) -> Iterator[tuple[str, Use]]:
    for field in _CONTAINERS:
        for container in items(pod, field):
            yield from _of_container(container)
    copied = set(_copied(pod))
    for volume in items(pod, "volumes"):
        for name, use in _of_volume(volume):
            yield name, use._replace(mounted=False) if text(volume, "name") in copied else use
    for one in items(pod, "imagePullSecrets"):
        yield text(one, "name"), Use(pulling=True, mounted=True)


def _copied(pod: Json) -> Iterator[str]:
    """The volumes of which a single path is mounted: the kubelet never refreshes those."""
    for field in _CONTAINERS:
        for container in items(pod, field):
            for mount in items(container, "volumeMounts"):
                if text(mount, "subPath") or text(mount, "subPathExpr"):
                    yield text(mount, "name")


def _of_container(container: Json) -> Iterator[tuple[str, Use]]:
    for variable in items(container, "env"):
        reference = mapping(variable, "valueFrom", "secretKeyRef")
        if reference:
            yield text(reference, "name"), Use(keys=frozenset((text(reference, "key"),)))
    for source in items(container, "envFrom"):
        yield text(source, "secretRef", "name"), Use(all=True)


def _of_volume(volume: Json) -> Iterator[tuple[str, Use]]:
    secret = mapping(volume, "secret")
    if secret:
        yield text(secret, "secretName"), _mounted(secret)
    for source in items(volume, "projected", "sources"):
        if mapping(source, "secret"):
            yield text(source, "secret", "name"), _mounted(mapping(source, "secret"))
    for driver in _DRIVERS:
        yield text(volume, driver, "secretRef", "name"), Use(all=True)
    yield text(volume, "csi", "nodePublishSecretRef", "name"), Use(all=True)
    yield text(volume, "azureFile", "secretName"), Use(all=True)


def _mounted(secret: Json) -> Use:
    """A volume of all keys, or of those of its ``items``."""
    keys = frozenset(text(one, "key") for one in items(secret, "items"))
    return Use(keys=keys, all=not keys, mounted=True)
