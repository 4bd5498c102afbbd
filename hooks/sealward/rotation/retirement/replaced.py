"""What a rotation leaves to be revoked: every version that its pins held before, and what lay in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.rotation import entries
from sealward.rotation.retirement import notes

if TYPE_CHECKING:
    from sealward.rotation.plan import Plan
    from sealward.vault.client import Client

MOST = 20
"""Versions that one rotation leaves notes of: the newest ones, and all that were pinned."""


def noted(plan: Plan, grace: int, client: Client, now: float) -> dict[str, str | None]:
    """The entries of the versions that a rotation replaced ``now`` (seconds since 1970). Raises VaultError.

    A version that the moved pins held waits until nothing deployed holds it, whatever was noted of it before;
    one in between, which somebody wrote and nobody pinned, keeps the date that it may have. All keys count
    that moved with the pins, or that the policy names: which values are still in use is seen when it is time.
    """
    target = plan.target
    metadata = client.metadata(target.mount, target.path)
    pinned = {site.reference.version or 0 for _, site in plan.pinned} - {0, plan.new}
    pinned |= set(plan.replaced)  # a killed run may have moved some pins already
    oldest = min([*pinned, plan.good or plan.new])
    between = [
        one
        for one, version in metadata.versions.items()
        if oldest < one < plan.new and version.is_readable(now)
    ]
    before = {one.version: one for one in notes.pending(target.mount, target.path, metadata)}
    moved = tuple(site.reference.key for _, site in plan.pinned if site.reference.key)
    keys = tuple(dict.fromkeys((*target.moved, *(target.managed or moved))))
    found: dict[str, str | None] = {}
    for version in sorted({*pinned, *([plan.good] if plan.good else []), *sorted(between)[-MOST:]}):
        old = before.get(version)
        known = old.keys if old else ()
        entry = notes.Retirement(
            mount=target.mount,
            path=target.path,
            version=version,
            keys=tuple(dict.fromkeys((*known, *map(_plain, keys)))),
            due=old.due if old is not None and version not in pinned and grace else None,
            grace=grace,
        )
        if version != plan.new:
            found.update(entry.written())
    return found


def _plain(key: str) -> str:
    """A key as its entry has it read again."""
    return entries.words_of(entries.token(key))[0]
