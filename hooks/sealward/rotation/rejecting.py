"""A version that a person says is bad: marked as one that failed its verification is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.rotation import journal
from sealward.rotation.journal import Rotation
from sealward.rotation.retirement import notes

if TYPE_CHECKING:
    from sealward.rotation.policy.policy import Policy
    from sealward.vault.client import Client, Metadata


def judged(client: Client, secret: tuple[str, str], version: int) -> Rotation:
    """What a version changed, against the last one before it that is good. Raises SealwardError where Vault
    does not have the version, or has no good one before it."""
    metadata = client.metadata(*secret)
    name = "/".join(secret)
    if version not in metadata.versions:
        there = ", ".join(map(str, sorted(metadata.versions)))
        raise SealwardError(f"Vault has no version {version} of {name}", f"it has: {there}")
    good = _good(metadata, version)
    if not good:
        hint = "there must be a version to go back to: rotate it, and then reject this one"
        raise SealwardError(f"{name} has no good version before {version}", hint)
    bad, before = (client.read(*secret, one).values for one in (version, good))
    keys = tuple(sorted(key for key, value in bad.items() if before.get(key) != value))
    return Rotation(identity="", version=version, keys=keys, good=good)


def reject(client: Client, secret: tuple[str, str], wrong: Rotation, policy: Policy | None) -> None:
    """Mark it, end the rotation that wrote it, and note its values as to be revoked where the policy does
    that. Raises VaultError."""
    metadata = client.metadata_now(*secret)
    ended = [one.identity for one in journal.noted(metadata) if one.version == wrong.version]
    journal.reject(client, *secret, wrong, ended, metadata)
    keys = [key for key in wrong.keys if policy is None or not policy.keys or key in policy.keys]
    if policy is not None and policy.retire and keys:
        client.annotate(*secret, notes.note(wrong.version, keys, policy.grace))


def rejected(metadata: Metadata) -> set[int]:
    """The versions of a secret that failed their verification, or that a person said are bad."""
    return {one.version for one in journal.rejections(metadata)}


def _good(metadata: Metadata, version: int) -> int:
    bad = rejected(metadata) | notes.retired(metadata)
    known = metadata.versions.items()
    good = (
        one
        for one, held in known
        if one < version and one not in bad and not held.destroyed and not held.deleted
    )
    return max(good, default=0)
