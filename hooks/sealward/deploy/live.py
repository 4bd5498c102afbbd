"""Secrets as a cluster has them, their values wrapped; and the objects that we send in their place."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, NamedTuple

from sealward.deploy.api import MANAGER
from sealward.deploy.manifests import KEPT_BY_KUBECTL
from sealward.deploy.shape import items, mapping, text, texts, without_empty
from sealward.deploy.wanted import DOMAIN
from sealward.plaintext import Plaintext

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sealward.deploy.resolution import Resolved
    from sealward.deploy.shape import Json

REFERENCES = f"{DOMAIN}references"
SALT = f"{DOMAIN}salt"
COMMIT = f"{DOMAIN}commit"
PENDING = f"{DOMAIN}restart"
"""On a Secret: the keys whose consumers are yet to be restarted. On a workload: ``"false"``, never."""

TARGET = f"{DOMAIN}target"
MANAGED_BY = "app.kubernetes.io/managed-by"


class Live(NamedTuple):
    """A Secret of the cluster. ``ours`` are the data keys that our field manager holds, ``names`` the labels
    and annotations; ``metadata`` is who it is (uid, resourceVersion)."""

    metadata: Json
    type: str
    immutable: bool
    data: Mapping[str, Plaintext]
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    ours: frozenset[str]
    names: frozenset[str]

    @property
    def version(self) -> str:
        """Its resourceVersion."""
        return text(self.metadata, "resourceVersion")

    @property
    def pins(self) -> dict[str, str]:
        """What its annotation says that it was made of."""
        return parsed(self.annotations.get(REFERENCES, ""))

    @property
    def pending(self) -> frozenset[str]:
        """The keys whose consumers a former run has not restarted."""
        try:
            found = json.loads(self.annotations.get(PENDING, "[]"))
        except ValueError:
            found = []
        return (
            frozenset(one for one in found if isinstance(one, str))
            if isinstance(found, list)
            else frozenset()
        )

    @property
    def has_copy(self) -> bool:
        """Whether client-side ``kubectl apply`` left a copy of the values in an annotation."""
        return KEPT_BY_KUBECTL in self.annotations

    @property
    def target(self) -> str:
        """The target whose apply made it what it is; empty where none did."""
        return self.labels.get(TARGET, "") if self.labels.get(MANAGED_BY) == MANAGER else ""

    def belongs_to(self, target: str) -> bool:
        """Whether a target's apply made it what it is."""
        return self.target == target


class Meta(NamedTuple):
    """What we write on a Secret besides its data."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]


def read(body: Json) -> Live:
    """A Secret that the API gave. Values that are not Base64 cannot be there: the API refuses them."""
    metadata = mapping(body, "metadata")
    return Live(
        metadata={name: metadata.get(name) for name in ("name", "namespace", "uid", "resourceVersion")},
        type=text(body, "type"),
        immutable=body.get("immutable") is True,
        data={key: Plaintext(b64decode(value)) for key, value in texts(body, "data").items()},
        labels=texts(metadata, "labels"),
        annotations=texts(metadata, "annotations"),
        ours=frozenset(_held(metadata, "f:data")),
        names=frozenset(
            (*_held(metadata, "f:metadata", "f:labels"), *_held(metadata, "f:metadata", "f:annotations"))
        ),
    )


def parsed(annotation: str) -> dict[str, str]:
    """Key → pins, of an annotation; empty for anything that we do not write."""
    try:
        found = json.loads(annotation or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(key): str(one) for key, one in found.items()} if isinstance(found, dict) else {}


def meta(resolved: Resolved, target: str, salt: str, commit: str, *, annotate: bool = True) -> Meta:
    """The labels and annotations of a Secret: its manifest's, and ours."""
    wanted = resolved.wanted
    ours = {
        REFERENCES: json.dumps(dict(resolved.pins), sort_keys=True) if annotate and resolved.pins else "",
        SALT: salt,
        COMMIT: commit,
    }
    return Meta(
        labels={**wanted.labels, MANAGED_BY: MANAGER, TARGET: target},
        annotations={**wanted.annotations, **{name: value for name, value in ours.items() if value}},
    )


def marker(keys: Iterable[str]) -> dict[str, str]:
    """The annotation that says whose consumers are yet to be restarted; none for no keys."""
    listed = sorted(keys)
    return {PENDING: json.dumps(listed)} if listed else {}


def body(
    name: str,
    kind: str,
    data: Mapping[str, Plaintext],
    about: Meta,
    *,
    version: str = "",
    immutable: bool = False,
) -> Json:
    """A Secret for server-side apply, always with the full ``data``: a key that is left out of ``stringData``
    would stay. ``version`` is the resourceVersion that must be current."""
    metadata: Json = {
        "name": name,
        "labels": dict(about.labels),
        "annotations": dict(about.annotations),
        "resourceVersion": version,
    }
    encoded = {key: b64encode(value.reveal()).decode("ascii") for key, value in data.items()}
    made: Json = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": without_empty(metadata),
        "type": kind,
        "data": encoded,
    }
    return made | ({"immutable": True} if immutable else {})


def _held(metadata: Json, *steps: str) -> set[str]:
    """The fields under these steps that our manager holds by server-side apply."""
    found: set[str] = set()
    for one in items(metadata, "managedFields"):
        if text(one, "manager") == MANAGER and text(one, "operation") == "Apply":
            fields = mapping(one, "fieldsV1", *steps)
            found |= {name[2:] for name in fields if name.startswith("f:")}
    return found
