"""The pins of a secret moved to a version that Vault has already, by hand: a rollback, or what somebody
wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward import files
from sealward.errors import SealwardError
from sealward.rotation.plan import Plan, Target
from sealward.rotation.rejecting import rejected
from sealward.rotation.repinning import repinned
from sealward.rotation.retirement import notes, replaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealward.plaintext import Plaintext
    from sealward.rotation.policy.policy import Policy
    from sealward.sealed.files import Sealed
    from sealward.sealed.unopened import Unopened
    from sealward.sops.reading.identities import Identities
    from sealward.vault.client import Client


def planned(
    client: Client,
    secret: tuple[str, str],
    version: int,
    sealed: Sequence[Sealed],
    policy: Policy | None,
    unopened: Sequence[Unopened] = (),
) -> Plan:
    """What would be re-pinned; nothing is changed. Raises SealwardError: no file pins the secret, one that
    might cannot be opened, the version is not there, was revoked or rejected, or lacks a key that a file
    refers to."""
    mount, path = secret
    name = f"{mount}/{path}"
    metadata = client.metadata(mount, path)
    sites = [(one, site) for one in sealed for site in one.refers_to(mount, path)]
    pinned = tuple((one, site) for one, site in sites if site.reference.version)
    if not pinned:
        hint = "`sealward status` lists the references; those without a pin follow the newest version"
        raise SealwardError(f"no sealed file pins {name}", hint)
    for one in unopened:
        if one.may_refer(mount, path, policy.files if policy is not None else ()):
            raise SealwardError(f"{one.path} may pin it, and cannot be opened", one.error.hint)
    if version not in metadata.versions:
        there = ", ".join(map(str, sorted(metadata.versions)))
        raise SealwardError(f"Vault has no version {version} of {name}", f"it has: {there}")
    if version in notes.retired(metadata):
        raise SealwardError(f"version {version} of {name} was revoked where it was issued", "pin another one")
    if version in rejected(metadata):
        raise SealwardError(f"version {version} of {name} was rejected", "pin another one")
    held = client.read(mount, path, version).values
    missing = sorted({site.reference.key for _, site in pinned if site.reference.key} - held.keys())
    if missing:
        raise SealwardError(
            f"version {version} of {name} has no key {missing[0]!r}, which {pinned[0][0].path} refers to",
            f"it has: {', '.join(sorted(held))}",
        )
    moving = [one.path for one, site in pinned if site.reference.version != version]
    pins = [site.reference.version or 0 for _, site in pinned]
    keys = tuple(dict.fromkeys(site.reference.key for _, site in pinned if site.reference.key))
    return Plan(
        target=Target(
            mount=mount,
            path=path,
            keys=keys,
            how="",
            make=_nothing,
            managed=policy.keys if policy is not None else (),
        ),
        current=metadata.current,
        new=version,
        files=tuple(one for one in sealed if one.path in moving),
        pinned=pinned,
        unpinned=tuple((one, site) for one, site in sites if not site.reference.version),
        resumes=True,
        good=max((pin for pin in pins if pin < version), default=0),
    )


def prepared(plan: Plan, identities: Identities, dirty: set[str]) -> list[tuple[Sealed, Sealed]]:
    """The copies of its files, verified: each as it is, and as it will be. Raises SealwardError for a file
    with uncommitted changes, or that cannot be replaced, and where sops cannot do it."""
    for one in plan.files:
        files.check_there(one.file, top=one.top)
        files.check_replaceable(one.file, top=one.top)
        if one.path in dirty:
            raise SealwardError(f"{one.path} has uncommitted changes", "commit or stash them first")
    return [(one, repinned(one, plan, identities)) for one in plan.files]


def put(copies: Sequence[tuple[Sealed, Sealed]]) -> None:
    """Put the copies in place of their files. Raises SealwardError."""
    for before, after in copies:
        files.sweep(before.file)
        files.replace(before.file, after.data, expected=before.data, top=before.top)


def left_behind(plan: Plan, policy: Policy | None, client: Client, now: float) -> None:
    """Note what is to be revoked, where the pins moved on to a newer version and the policy revokes old
    ones."""
    moved = [site for _, site in plan.pinned if (site.reference.version or 0) < plan.new]
    if policy is not None and policy.retire and moved:
        entries = replaced.noted(plan, policy.grace, client, now)
        client.annotate(plan.target.mount, plan.target.path, entries)


def _nothing(version: int) -> dict[str, Plaintext]:
    return {}
