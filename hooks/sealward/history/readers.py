"""Who can read what, beyond those who may today: former recipients, and private keys that were
committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.document import parse
from sealward.sops.format.creation_rules import groups_of
from sealward.sops.format.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sealward.history.lineage import Kind, Lineage
    from sealward.sops.format.creation_rules import Recipient


class Reader(NamedTuple):
    """A recipient who can open versions of a file that they are not of today, or whose private key was
    committed (``committed``: the path where it stood); how many versions, and of how many."""

    path: str
    recipient: Recipient
    versions: int
    total: int
    committed: str


def readers(
    lineages: Iterable[Lineage],
    kinds: Mapping[bytes, Kind],
    places: Mapping[bytes, str],
    read: Callable[[bytes], bytes],
) -> list[Reader]:
    """Of each file, those who left, and those whose private key stands in the history."""
    committed = {_recipient(key): places[name] for name, kind in kinds.items() for key in kind.keys}
    found: list[Reader] = []
    for lineage in lineages:
        holders = [_holders(lineage.path, read(version.name)) for version in lineage.sealed]
        now = holders[0]
        for recipient in sorted(frozenset().union(*holders)):
            where = committed.get(recipient[1], "")
            if where or recipient not in now:
                count = sum(recipient in one for one in holders)
                found.append(
                    Reader(
                        path=lineage.path,
                        recipient=recipient,
                        versions=count,
                        total=len(holders),
                        committed=where,
                    )
                )
    return found


def _holders(path: str, data: bytes) -> frozenset[Recipient]:
    block = parse(path, data).metadata
    return frozenset().union(*groups_of(Metadata(block))) if block is not None else frozenset()


def _recipient(key: str) -> str:
    """The public key of a private one; empty where it is not one."""
    import pyrage

    try:
        return str(pyrage.x25519.Identity.from_str(key).to_public())
    except pyrage.IdentityError:
        return ""
