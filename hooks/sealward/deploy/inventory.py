"""Which Secrets a target manages: a ConfigMap with their names and pins, so that none is ever listed.

Who may list Secrets may read them all. Here are names and paths, never values.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sealward.deploy.kinds import CONFIG_MAP
from sealward.deploy.live import MANAGED_BY, TARGET
from sealward.deploy.shape import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealward.deploy.api import Api
    from sealward.deploy.settings import Target
    from sealward.deploy.shape import Json


class Inventory(NamedTuple):
    """``namespace/name`` → key → pins; no pins where the target keeps paths out of the cluster."""

    secrets: Mapping[str, Mapping[str, str]]
    version: str = ""


def name_of(target: Target) -> str:
    """The name of a target's ConfigMap."""
    return f"sealward-{target.name}"


def read(api: Api, target: Target) -> Inventory:
    """What the cluster has; empty before the first apply. Raises ApiError."""
    found = api.get(CONFIG_MAP, target.namespace, name_of(target))
    try:
        listed = json.loads(text(found, "data", "secrets") or "{}")
    except (ValueError, RecursionError):
        listed = {}
    secrets = listed if isinstance(listed, dict) else {}
    return Inventory(
        {
            str(name): {str(key): str(one) for key, one in pins.items()} if isinstance(pins, dict) else {}
            for name, pins in secrets.items()
            if str(name).count("/") == 1
        },
        text(found, "metadata", "resourceVersion"),
    )


def write(api: Api, target: Target, secrets: Mapping[str, Mapping[str, str]]) -> None:
    """Note what the target manages now. Raises ApiError."""
    api.apply(CONFIG_MAP, target.namespace, body(target, secrets), force=True)


def body(target: Target, secrets: Mapping[str, Mapping[str, str]]) -> Json:
    """The ConfigMap."""
    shown = {name: dict(sorted(pins.items())) for name, pins in sorted(secrets.items())}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name_of(target),
            "labels": {MANAGED_BY: "sealward", TARGET: target.name},
        },
        "data": {"secrets": json.dumps(shown, separators=(",", ":"))},
    }
