"""What the server knows of the secrets behind references. Nothing is written; where the server allows it, no
value is read: KV v2's ``metadata/`` has the versions and ``subkeys/`` the names of keys.

A secret costs one request, and one more for each version that is referred to, however many references
there are. Credentials of engines are never drawn: the role beside them says that they exist.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, NamedTuple

from sealward.vault.parallel import answers, settled
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sealward.references.syntax import Reference
    from sealward.vault.client import Client, Metadata

ROLES = {"creds": "roles", "issue": "roles", "sign": "roles", "static-creds": "static-roles"}
"""Second path segment of a credential → that of its role."""


Found = Literal["there", "missing", "unreadable"]
"""Whether the server has something; ``unreadable`` is what this token may not see."""

State = Literal["ok", "absent", "dropped", "deleted", "destroyed"]
"""How a version is: ``absent`` was never written, ``dropped`` was pushed out by newer ones."""


class Known(NamedTuple):
    """What the server says of one reference.

    ``keys`` are the names of the version's keys, None where they were not asked for. ``vanishing`` says that
    the next write pushes the pinned version out, as ``kept`` versions are kept; ``current`` is the newest.
    ``expires`` is when the server will delete the version (seconds since 1970), where it was set to.
    """

    found: Found
    version: State = "ok"
    keys: frozenset[str] | None = None
    vanishing: bool = False
    current: int = 0
    kept: int = 0
    expires: float | None = None


class Inspector:
    """Asks about references, each question once. Raises VaultError where the server or the token fails."""

    def __init__(
        self, client: Client, references: Iterable[Reference], now: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._now = now()
        self._keys: dict[tuple[str, str, int | None], frozenset[str] | VaultError] = {}
        known = list(map(client.mounts.settled, references))
        self._dynamic = sorted({one.secret for one in known if not one.is_versioned})
        self._capabilities: dict[str, set[str]] | None = None
        versioned = [one for one in known if one.is_versioned]
        self._secrets = client.metadata_of((one.mount, one.path) for one in versioned)
        wanted = [version for one in versioned for version in self._version(one)]
        self._keys |= answers(lambda one: self._read_names(*one), wanted)

    def _metadata(self, reference: Reference) -> Metadata | VaultError:
        question = (reference.mount, reference.path)
        if question not in self._secrets:
            self._secrets[question] = settled(lambda one: self._client.metadata(*one), question)
        return self._secrets[question]

    def _version(self, reference: Reference) -> Iterator[tuple[str, str, int | None]]:
        """The version whose keys are to be named, if there is one."""
        found = self._metadata(reference)
        if isinstance(found, VaultError):
            number = reference.version if found.status == 403 else 0
        else:
            version = reference.version or found.current
            number = version if _state(found, version, self._now) == "ok" else 0
        if number != 0:
            yield reference.mount, reference.path, number

    def known(self, reference: Reference) -> Known:
        """What there is to know about one reference."""
        reference = self._client.mounts.settled(reference)
        if not reference.is_versioned:
            return Known(found=self._credential(reference))
        mount, path = reference.mount, reference.path
        found = self._metadata(reference)
        if isinstance(found, VaultError):
            return self._without_metadata(reference, found)
        version = reference.version or found.current
        state = _state(found, version, self._now)
        kept = self._client.kept(mount, found)
        vanishing = reference.version is not None and found.current - version + 1 >= kept
        known = Known(
            found="there",
            version=state,
            keys=None,
            vanishing=vanishing and state == "ok",
            current=found.current,
            kept=kept,
        )
        if state == "ok" and reference.version is not None:
            known = known._replace(expires=found.versions[version].expires(self._now))
        if state != "ok":
            return known
        keys = self._names(mount, path, version)
        if isinstance(keys, VaultError):
            return known._replace(found="unreadable")
        return known._replace(keys=keys)

    def _without_metadata(self, reference: Reference, error: VaultError) -> Known:
        """For a token that may read values alone, as an application's: what comes back is dropped."""
        if error.status == 404:
            return Known(found="missing")
        keys = self._names(reference.mount, reference.path, reference.version)
        if not isinstance(keys, VaultError):
            return Known(found="there", version="ok", keys=keys)
        if keys.status == 403:
            return Known(found="unreadable")
        said = (keys.body.get("data") or {}).get("metadata") or {}
        if said.get("destroyed") or said.get("deletion_time"):
            return Known(found="there", version="destroyed" if said.get("destroyed") else "deleted")
        return Known(found="there", version="absent") if reference.version else Known(found="missing")

    def _names(self, mount: str, path: str, version: int | None) -> frozenset[str] | VaultError:
        question = (mount, path, version)
        if question not in self._keys:
            self._keys[question] = settled(lambda one: self._read_names(*one), question)
        return self._keys[question]

    def _read_names(self, mount: str, path: str, version: int | None) -> frozenset[str]:
        """The names of a version's keys, without the values where the token and the server allow that."""
        wanted = {"depth": 1, **({"version": version} if version else {})}
        try:
            return frozenset(self._client.get(f"{mount}/subkeys/{path}", **wanted).get("subkeys") or {})
        except VaultError as error:
            if error.status not in (403, 404, 405):
                raise
        return frozenset(self._client.read(mount, path, version).values)

    def _credential(self, reference: Reference) -> Found:
        kind, _, name = reference.path.partition("/")
        if self._capabilities is None:
            self._capabilities = self._asked()
        allowed = self._capabilities.get(reference.secret, {"root"})
        if not allowed & {"root", "read", "create", "update"}:
            return "unreadable"
        if not reference.is_dynamic:
            return "there"
        try:
            self._client.get(f"{reference.mount}/{ROLES.get(kind, 'roles')}/{name}")
        except VaultError as error:
            if error.status == 404 and kind in ROLES:
                return "missing"
            if error.status not in (403, 404, 405) or error.bad_token:
                raise
        return "there"

    def _asked(self) -> dict[str, set[str]]:
        """What the token may do on every dynamic path; empty where it may not even ask."""
        try:
            return self._client.capabilities(self._dynamic)
        except VaultError as error:
            if error.status != 403 or error.bad_token:
                raise
            return {}


def _state(found: Metadata, version: int, now: float) -> State:
    entry = found.versions.get(version)
    if entry is None:
        return "dropped" if 0 < version <= found.current else "absent"
    if entry.destroyed:
        return "destroyed"
    return "ok" if entry.is_readable(now) else "deleted"
