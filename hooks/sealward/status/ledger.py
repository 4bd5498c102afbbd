"""What Vault says of the secrets behind references: versions and their age, static and dynamic roles.

Sources: KV v2's ``metadata/`` (``created_time`` of each version), and for engines that make credentials the
role beside the path that issues them (``database/creds/bot`` → ``database/roles/bot``), whose
``default_ttl`` and ``max_ttl`` are seconds; ``last_vault_rotation`` of a static role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sealward.rotation import journal, retirement
from sealward.times import iso, seconds_of
from sealward.vault.client import DEFAULT_VERSIONS
from sealward.vault.inspector import ROLES
from sealward.vault.mounts import Mounts
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from sealward.references.syntax import Reference
    from sealward.status.standing import Standing
    from sealward.vault.client import Client, Metadata


class Ledger:
    """Asks the server once for each secret, values never."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._metadata: dict[tuple[str, str], Metadata | VaultError] = {}
        self._mounts = Mounts(client)
        self._roles: dict[tuple[str, str], dict[str, Any] | VaultError] = {}

    def enter(self, standing: Standing, reference: Reference) -> Standing:
        """The standing with what the server knows. What this token may not see stays None, with a note.

        Raises VaultError where the server or the token as such fails.
        """
        reference = self._mounts.settled(reference)
        if reference.is_dynamic:
            return self._dynamic(standing, reference)
        if not reference.is_versioned:
            return standing._replace(note="no KV v2 path: the engine keeps no versions")
        found = self._versions(reference.mount, reference.path)
        if isinstance(found, VaultError):
            return standing._replace(gone=found.status == 404, note=found.message)
        version = found.versions.get(reference.version or found.current)
        standing = standing._replace(
            latest=found.current, gone=version is None or not version.is_readable(standing.now)
        )
        if version is None:
            return standing._replace(note=f"version {reference.version} is not in Vault")
        created = seconds_of(version.created)
        return standing._replace(created=created, source="vault", note=_note(standing, reference, found))

    def _dynamic(self, standing: Standing, reference: Reference) -> Standing:
        kind, _, name = reference.path.partition("/")
        if kind not in ROLES:
            return standing._replace(note="an engine whose TTL is not known here")
        role = self._role(reference.mount, f"{ROLES[kind]}/{name}")
        if isinstance(role, VaultError):
            return standing._replace(gone=role.status == 404, note=role.message)
        if kind == "static-creds":
            return standing._replace(
                created=seconds_of(str(role.get("last_vault_rotation"))), source="vault", dynamic=False
            )
        return standing._replace(**_ttl(role))

    def _versions(self, mount: str, path: str) -> Metadata | VaultError:
        if (mount, path) not in self._metadata:
            try:
                self._metadata[mount, path] = self._client.metadata(mount, path)
            except VaultError as error:
                self._metadata[mount, path] = _of_the_path(error)
        return self._metadata[mount, path]

    def _role(self, mount: str, path: str) -> dict[str, Any] | VaultError:
        if (mount, path) not in self._roles:
            try:
                self._roles[mount, path] = self._client.get(f"{mount}/{path}")
            except VaultError as error:
                self._roles[mount, path] = _of_the_path(error)
        return self._roles[mount, path]


def _of_the_path(error: VaultError) -> VaultError:
    """A refusal of one path is a fact about it; anything else ends the survey."""
    if error.status == 404 or (error.status == 403 and not error.bad_token):
        return error
    raise error


def _ttl(role: dict[str, Any]) -> dict[str, Any]:
    """How long a credential of a role may live: to its ``max_ttl``, as its lease can be renewed to there."""
    default, longest = (role.get(name) for name in ("default_ttl", "max_ttl"))
    default = default if default is not None else role.get("ttl")
    if not isinstance(default, int) or not isinstance(longest, int):
        return {"note": "the role says no TTL in seconds"}
    if not default and not longest:
        return {
            "ttl": 32 * 86400,
            "note": "the role sets no TTL: the server's default holds, 32 days if not tuned",
        }
    if not longest:
        return {
            "ttl": default,
            "note": "the role sets no max_ttl: a lease can be renewed to the mount's limit",
        }
    return {"ttl": max(default, longest)}


def _note(standing: Standing, reference: Reference, found: Metadata) -> str:
    if standing.gone:
        return f"version {reference.version or found.current} is deleted"
    if journal.unfinished(found):
        return "a rotation is unfinished: `sealward rotate --resume`"
    if standing.drifted and journal.rejection(found):
        return f"version {found.current} failed its verification"
    pinned = found.versions.get(reference.version or 0)
    expires = pinned.expires(standing.now) if pinned else None
    if expires is not None:
        return f"Vault deletes this version at {iso(expires)}"
    kept = found.max_versions or DEFAULT_VERSIONS
    if reference.version == found.oldest and found.current - found.oldest + 1 >= kept:
        return "the next version pushes this one out"
    waiting = retirement.pending(reference.mount, reference.path, found)
    return f"version {waiting[0].version} is to be retired" if waiting else ""
