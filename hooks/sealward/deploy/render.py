"""Manifests of what is wanted: with references in the place of values, or, on purpose, with the values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.deploy import live
from sealward.deploy.live import Meta
from sealward.plaintext import Plaintext

if TYPE_CHECKING:
    from sealward.deploy.resolution import Resolved
    from sealward.deploy.shape import Json
    from sealward.deploy.wanted import Entry, Wanted
    from sealward.references.syntax import Reference

LITERAL = "(literal)"
"""Stands for a value, or a part of one, that is in the sealed file itself."""


def references(wanted: Wanted) -> Json:
    """A Secret whose values are replaced by their references, as bank-vaults writes them."""
    about = Meta(wanted.labels, wanted.annotations)
    made = live.body(wanted.name, wanted.type, {}, about, immutable=wanted.immutable)
    texts = {key: _shown(entry) for key, entry in sorted(wanted.entries.items())}
    return _placed(made, wanted.namespace) | {"stringData": texts}


def values(resolved: Resolved) -> Json:
    """The Secret itself, with its values: for a pipe into ``kubectl apply --server-side``."""
    wanted = resolved.wanted
    about = Meta(wanted.labels, wanted.annotations)
    made = live.body(wanted.name, wanted.type, resolved.data, about, immutable=wanted.immutable)
    return _placed(made, wanted.namespace) | {"data": made["data"]}


def _placed(made: Json, namespace: str) -> Json:
    metadata = made["metadata"]
    assert isinstance(metadata, dict)
    rest = {name: value for name, value in made.items() if name != "data"}
    return {**rest, "metadata": {**metadata, "namespace": namespace}}


def _shown(entry: Entry) -> str:
    if len(entry.pieces) == 1 and entry.references:
        return written(entry.references[0])
    pieces = (LITERAL if isinstance(one, Plaintext) else f"${{{written(one)}}}" for one in entry.pieces)
    return "".join(pieces)


def written(reference: Reference) -> str:
    """``vault:MOUNT/data/PATH#KEY#VERSION``."""
    data = "data/" if reference.is_versioned else ""
    version = f"#{reference.version}" if reference.version is not None else ""
    return f"vault:{reference.mount}/{data}{reference.path}#{reference.key}{version}"
