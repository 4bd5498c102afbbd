"""What KV v2's refusals mean to people: lost to another writer, no such version, no versions at all."""

from __future__ import annotations

from typing import Any

from sealward import shell
from sealward.errors import SealwardError
from sealward.vault.transport import VaultError


class CheckAndSetMismatch(SealwardError):
    """Somebody else wrote the secret in between; nothing was written by us."""


def lost(mount: str, path: str, cas: int) -> CheckAndSetMismatch:
    """The secret is past version ``cas``, and not by us."""
    return CheckAndSetMismatch(
        f"{mount}/{path} is no longer at version {cas}: somebody else wrote it; we wrote nothing",
        "run the command again to work on the new version",
    )


def unversioned(mount: str) -> VaultError:
    """What answered is not KV v2: no ``current_version``, no ``data`` beside ``metadata``."""
    return VaultError(
        f"{mount} is not a KV version 2 mount, and has no versions to pin",
        f"`bao kv enable-versioning {shell.path(mount)}`, or refer to a mount that has versions",
    )


def _metadata(error: VaultError) -> dict[str, Any]:
    """What a refusal says of the version, as far as it is what Vault says."""
    data = error.body.get("data")
    metadata = data.get("metadata") if isinstance(data, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def missing(error: VaultError, name: str, version: int | None) -> VaultError:
    """A 404 on KV v2 in its own words: no such secret, no such version, or a deleted one."""
    if error.status != 404 or error.misdirected or error.unmounted:
        return error
    said = _metadata(error)
    number = said.get("version")
    number = number if isinstance(number, int) else version
    if said.get("destroyed"):
        message, hint = f"version {number} of {name} is destroyed", "pin a version that exists"
    elif said.get("deletion_time"):
        message = f"version {number} of {name} is deleted"
        hint = f"`bao kv undelete -versions={number} {shell.path(name)}`, or pin another version"
    elif version:
        message, hint = (
            f"{name} has no version {version}",
            f"`bao kv metadata get {shell.path(name)}` lists them",
        )
    else:
        message, hint = f"Vault has no secret {name}", "is the path right, with its mount? (`bao kv list`)"
    found = VaultError(message, hint, 404)
    found.body = error.body
    return found
