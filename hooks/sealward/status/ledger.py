"""What Vault says of the secrets behind references: versions and their age, static and dynamic roles.

Sources: KV v2's ``metadata/`` (``created_time`` of each version), and for engines that make credentials the
role beside the path that issues them (``database/creds/bot`` → ``database/roles/bot``), whose
``default_ttl`` and ``max_ttl`` are seconds; ``last_vault_rotation`` of a static role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sealward.rotation import journal
from sealward.rotation.history import History
from sealward.rotation.retirement import notes
from sealward.terminal import unseen
from sealward.times import iso, seconds_of
from sealward.vault.inspector import ROLES
from sealward.vault.parallel import answers, settled
from sealward.vault.server_clock import by_server
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sealward.references.reference import Home
    from sealward.references.syntax import Reference
    from sealward.status.standing import Standing
    from sealward.terminal import Progress
    from sealward.vault.client import Client, Metadata


class Ledger:
    """Asks the server once for each secret. Values are compared only where nothing says since when a key has
    its own, and never shown."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._secrets: dict[tuple[str, str], Metadata | VaultError] = {}
        self._roles: dict[tuple[str, str], dict[str, Any] | VaultError] = {}
        self._changes: dict[tuple[str, str, str, int | None], tuple[float | None, str] | None] = {}
        self._histories: dict[tuple[str, str], History] = {}
        self._unreadable: set[tuple[str, str]] = set()
        """The folders in which this token may read no value: asked once for each."""

    def clock(self, clock: Callable[[], float]) -> Callable[[], float]:
        """The server's clock, unless another one is handed in."""
        return by_server(self._client, clock)

    @property
    def home(self) -> Home:
        """The server and the namespace that it asks."""
        return self._client.mounts.home

    def settled(self, reference: Reference) -> Reference:
        """The reference as the server knows it: its mount, and what answers there."""
        return self._client.mounts.settled(reference)

    def prepare(self, references: Iterable[Reference], progress: Progress = unseen) -> None:
        """Ask about many settled references at once. Raises VaultError as ``enter`` does."""
        here = [one for one in references if not one.is_elsewhere]
        versioned = (one for one in here if one.is_versioned)
        self._secrets |= self._client.metadata_of(((one.mount, one.path) for one in versioned), progress)
        roles = [(one.mount, role) for one in here if one.is_dynamic and (role := _role(one))]
        self._roles |= answers(lambda one: self._client.get("/".join(one)), roles, progress, "asking Vault")
        keys = ((one.mount, one.path, one.key, one.version) for one in here if one.is_versioned)
        found = answers(lambda one: self._change(*one), keys, progress, "comparing versions")
        self._changes |= {one: answer for one, answer in found.items() if not isinstance(answer, VaultError)}

    def _change(self, mount: str, path: str, key: str, pin: int | None) -> tuple[float | None, str] | None:
        """As ``_since``; None for what is not there."""
        found = self._versions(mount, path)
        if isinstance(found, VaultError) or (pin or found.current) not in found.versions:
            return None
        history = self._histories.setdefault((mount, path), History(self._client, mount, path, found))
        return self._since(history, key, pin or found.current)

    def retirements(self) -> list[notes.Retirement]:
        """The old values, of all secrets that were asked about, that wait to be revoked."""
        return [
            one
            for (mount, path), found in sorted(self._secrets.items(), key=lambda item: item[0])
            if not isinstance(found, VaultError)
            for one in notes.pending(mount, path, found)
        ]

    def enter(self, standing: Standing, reference: Reference) -> Standing:
        """The standing with what the server knows of a settled reference. What this token may not see stays
        None, with a note.

        Raises VaultError where the server or the token as such fails.
        """
        if reference.is_dynamic:
            return self._dynamic(standing, reference)
        if reference.engine == "kv1":
            return standing._replace(note="KV version 1: there are no versions to pin, and no ages")
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
        question = (reference.mount, reference.path, reference.key, reference.version)
        if question not in self._changes:
            self._changes[question] = self._change(*question)
        since, why = self._changes[question] or (seconds_of(version.created), "")
        kept = self._client.kept(reference.mount, found)
        standing = standing._replace(
            created=since,
            source="vault",
            revoked=(reference.version or found.current) in notes.retired(found),
            expires=version.expires(standing.now),
        )
        return standing._replace(note=_note(standing, reference, found, kept) or why)

    def _since(self, history: History, key: str, version: int) -> tuple[float | None, str]:
        """Since when the key has the value in use, and what to say of that. A version that a sibling's write
        made says nothing of it: where nothing is noted, and the token may read values, versions are
        compared; else the version's age is all there is."""
        if not key or version == 1:
            return history.created(version), ""
        folder = (history.mount, history.path.rpartition("/")[0])
        try:
            change = history.noted(key, version)
            if change is None and folder not in self._unreadable:
                change = history.change(key, version)
        except VaultError as error:
            if error.status != 403 or error.bad_token:
                raise
            self._unreadable.add(folder)
            change = None
        if change is None:
            change = history.at_least(key, version)
            return change.since, "the key may be older: this token cannot compare versions"
        return change.since, "" if change.exact else "or older: what was before is not in Vault any more"

    def _dynamic(self, standing: Standing, reference: Reference) -> Standing:
        kind, where = reference.path.partition("/")[0], _role(reference)
        if not where:
            return standing._replace(note="an engine whose TTL is not known here")
        role = self._role(reference.mount, where)
        if isinstance(role, VaultError):
            return standing._replace(gone=role.status == 404, note=role.message)
        if kind == "static-creds":
            return standing._replace(
                created=seconds_of(str(role.get("last_vault_rotation"))), source="vault", dynamic=False
            )
        return standing._replace(**_ttl(role))

    def _versions(self, mount: str, path: str) -> Metadata | VaultError:
        question = (mount, path)
        if question not in self._secrets:
            self._secrets[question] = settled(lambda one: self._client.metadata(*one), question)
        return self._secrets[question]

    def _role(self, mount: str, path: str) -> dict[str, Any] | VaultError:
        question = (mount, path)
        if question not in self._roles:
            self._roles[question] = settled(lambda one: self._client.get("/".join(one)), question)
        return self._roles[question]


def _role(reference: Reference) -> str:
    """Where in its mount the role of a dynamic credential lies; empty where nobody knows."""
    kind, _, name = reference.path.partition("/")
    return f"{ROLES[kind]}/{name}" if kind in ROLES else ""


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


def _note(standing: Standing, reference: Reference, found: Metadata, kept: int) -> str:
    if standing.gone:
        return f"version {reference.version or found.current} is deleted"
    if standing.revoked:
        when = found.custom.get(f"{notes.RETIRED}{reference.version or found.current}", "")
        return (
            f"revoked where it was issued{f', {when}' if when else ''}: `sealward rotate --due` pins another"
        )
    pin = reference.version or found.current
    open_ = [one.version for one in journal.noted(found) if one.version <= found.current]
    if any(one == found.current or pin < one for one in open_):
        return "a rotation is unfinished: `sealward rotate --resume`"
    if standing.drifted and journal.rejection(found):
        return f"version {found.current} failed its verification"
    if standing.expires is not None:
        early = ", before it is due" if standing.is_fleeting else ""
        return f"Vault deletes this version at {iso(standing.expires)}{early}"
    if reference.version == found.oldest and found.current - found.oldest + 1 >= kept:
        return "the next version pushes this one out"
    waiting = [str(one.version) for one in notes.pending(reference.mount, reference.path, found)]
    if not waiting:
        return ""
    verb = f"version {waiting[0]} is" if len(waiting) == 1 else f"versions {', '.join(waiting)} are"
    return f"{verb} to be retired"
