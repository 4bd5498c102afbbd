"""Vault at the edge: KV v2 with check-and-set, dynamic engines, capabilities. Values stay wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from sealward.plaintext import Plaintext
from sealward.terminal import unseen
from sealward.times import seconds_of
from sealward.vault import parallel, refusals
from sealward.vault.transport import Transport, VaultError, misdirected, understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager

    from sealward.terminal import Progress

_MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}
_MISMATCH = "check-and-set parameter did not match"
DEFAULT_VERSIONS = 10
"""How many versions KV v2 keeps of a secret where neither it nor its mount says."""


class Secret(NamedTuple):
    """One version of a KV v2 secret, its values by key; ``other`` are the keys whose values are no text."""

    version: int
    values: dict[str, Plaintext]
    other: frozenset[str] = frozenset()


class Version(NamedTuple):
    """What the server says of one version; times are RFC 3339 texts.

    ``deleted`` is when it was deleted, or will be: with ``delete_version_after`` KV v2 writes a time to come.
    It is empty where nothing of the kind is known.
    """

    created: str
    deleted: str
    destroyed: bool

    def is_readable(self, now: float) -> bool:
        """Whether the version's values can be read at a time (seconds since 1970)."""
        return not self.destroyed and (not self.deleted or self.expires(now) is not None)

    def expires(self, now: float) -> float | None:
        """When the server will delete it; None where it will not, or has already."""
        due = seconds_of(self.deleted) if self.deleted else None
        return due if due is not None and due > now else None


class Metadata(NamedTuple):
    """A secret's versions and its ``custom_metadata``; 0 in ``max_versions`` means the server's default."""

    current: int
    oldest: int
    max_versions: int
    versions: dict[int, Version]
    custom: dict[str, str]


class Client:
    """Requests that Sealward needs, over one transport. Every method raises VaultError."""

    def __init__(self, transport: Transport) -> None:
        from sealward.vault import api
        from sealward.vault.mounts import Mounts

        self.transport = transport
        self._actor: str | None = None
        self.mounts = Mounts(transport)
        self._configured: dict[str, int] = {}
        self._remembered: dict[tuple[str, str], Metadata | VaultError] = {}
        self._kv = api.patient(transport).secrets.kv.v2
        self._kv_once = api.once(transport).secrets.kv.v2
        self._sys = api.patient(transport).sys

    def read(self, mount: str, path: str, version: int | None = None) -> Secret:
        """A version (the newest, where none is given) of a KV v2 secret."""
        number, data = self._read(mount, path, version)
        with self._understood(f"{mount}/data/{path}"):
            values = {key: Plaintext(_text(value).encode()) for key, value in data.items()}
            other = frozenset(key for key, value in data.items() if not isinstance(value, str))
            return Secret(number, values, other)

    def metadata_of(
        self, secrets: Iterable[tuple[str, str]], progress: Progress = unseen
    ) -> dict[tuple[str, str], Metadata | VaultError]:
        """The metadata of many secrets (mount, path), asked for at once; for one of which this token may not
        know, or that is not there, the refusal.

        Raises VaultError where the server or the token as such fails, and where not one of them lies on a
        mount: then it is the wrong server or namespace, and nothing is missing.
        """
        found = parallel.answers(lambda one: self.metadata(*one), secrets, progress, "asking Vault")
        narrowed = len(found) > 1 or bool(self.transport.namespace) or self.transport.has_path
        if (
            found
            and narrowed
            and all(isinstance(one, VaultError) and one.unmounted for one in found.values())
        ):
            raise misdirected(self.transport.address, self.transport.namespace)
        return found

    def remember(self, secrets: Iterable[tuple[str, str]], progress: Progress = unseen) -> None:
        """Ask for the metadata of many secrets at once, and give that as an answer from then on, until this
        client writes the secret: for one run, whose writes are with check-and-set. Raises VaultError as
        ``metadata_of`` does."""
        self._remembered |= self.metadata_of(secrets, progress)

    def metadata(self, mount: str, path: str) -> Metadata:
        """The versions of a KV v2 secret, without any value; as it is remembered, or as it is now."""
        known = self._remembered.get((mount, path))
        if isinstance(known, VaultError):
            raise known
        return self._metadata(mount, path) if known is None else known

    def metadata_now(self, mount: str, path: str) -> Metadata:
        """The same as it is now, whatever is remembered: others may have changed its entries."""
        self._remembered.pop((mount, path), None)
        return self.metadata(mount, path)

    def _metadata(self, mount: str, path: str) -> Metadata:
        try:
            answer = self._kv.read_secret_metadata(path, mount_point=mount)
        except VaultError as error:
            if error.status == 404 and self.mounts.of(f"{mount}/x") and self.mounts.engine(mount) == "kv1":
                raise refusals.unversioned(mount) from None
            raise refusals.missing(error, f"{mount}/{path}", None) from None
        with self._understood(f"{mount}/metadata/{path}"):
            data = answer["data"]
            if "current_version" in data:
                return _metadata(data)
        raise refusals.unversioned(mount)

    def write(self, mount: str, path: str, values: Mapping[str, Plaintext], cas: int) -> int:
        """Write keys of a KV v2 secret as a new version, the other keys kept; returns its number.

        ``cas`` is the version that must be current. A failure that leaves open whether the server
        wrote is settled by reading back. Raises refusals.CheckAndSetMismatch where somebody else wrote.
        """
        self._remembered.pop((mount, path), None)
        body = {"data": {key: value.text() for key, value in values.items()}, "options": {"cas": cas}}
        unclear = False

        def attempt() -> int:
            nonlocal unclear
            try:
                return self._patch(mount, path, body)
            except VaultError as error:
                mismatch = _MISMATCH in error.message
                if mismatch and not unclear:
                    raise refusals.lost(mount, path, cas) from None
                if not mismatch and not error.transient:
                    raise
                unclear = True  # from here on a mismatch may be with our own write, seen late
                written = self._settle(mount, path, values, cas) if self.transport.answered else 0
                if written:
                    return written
                error.transient = True  # a standby may lag behind what the server refuses
                raise

        return self.transport.patiently(attempt)

    def annotate(self, mount: str, path: str, custom: Mapping[str, str | None]) -> None:
        """Change entries of a secret's ``custom_metadata``; None removes one.

        Without the "patch" capability the entries are read, merged and written ("update").
        """
        self._remembered.pop((mount, path), None)
        where = quote(f"{mount}/metadata/{path}")
        try:
            body = {"custom_metadata": dict(custom)}
            self.transport.request("patch", where, headers=dict(_MERGE_PATCH), json=body)
        except VaultError as error:
            if error.status not in (403, 405):
                raise
            merged = {**self.metadata(mount, path).custom, **custom}
            kept = {name: text for name, text in merged.items() if text is not None}
            self.transport.request("post", where, json={"custom_metadata": kept})

    def capabilities(self, paths: Iterable[str]) -> dict[str, set[str]]:
        """What this token may do on each API path, asked in chunks that a server takes, several at once."""
        wanted = list(dict.fromkeys(paths))
        parts = [tuple(one) for one in parallel.chunks(wanted)]
        found: dict[str, set[str]] = {}
        for answer in parallel.answers(self._capabilities, parts).values():
            if isinstance(answer, VaultError):
                raise answer
            found |= answer
        return found

    def _capabilities(self, paths: tuple[str, ...]) -> dict[str, set[str]]:
        """A chunk's; halved where the server has a limit of its own for what one request may name."""
        try:
            answer = self._sys.get_capabilities(list(paths))
        except VaultError as error:
            if error.status not in (400, 413) or len(paths) < 2:
                raise
            half = len(paths) // 2
            return {**self._capabilities(paths[:half]), **self._capabilities(paths[half:])}
        with self._understood("sys/capabilities-self"):
            found = answer.get("data") or answer
            return {path: set(found.get(path) or found.get("capabilities") or ()) for path in paths}

    def kept(self, mount: str, metadata: Metadata) -> int:
        """How many versions of a secret the server keeps: the larger of what the secret and its mount say
        (``path_data.go`` of KV v2). Where the token may not know of the mount, the secret's own word, or KV
        v2's default."""
        return max(metadata.max_versions, self._configuration(mount)) or DEFAULT_VERSIONS

    def _configuration(self, mount: str) -> int:
        """The ``max_versions`` of a mount, asked once; 0 where it says nothing, or not to this token."""
        if mount not in self._configured:
            try:
                answer = self._kv.read_configuration(mount_point=mount)
                with self._understood(f"{mount}/config"):
                    self._configured[mount] = int(answer["data"].get("max_versions") or 0)
            except VaultError as error:
                if not error.is_of_the_path:
                    raise
                self._configured[mount] = 0
        return self._configured[mount]

    def get(self, path: str, **parameters: object) -> dict[str, Any]:
        """The ``data`` of any other path: database roles, credentials, generated passwords.

        The path is taken as it stands: what a text has percent-encoded (``%2e%2e``) leads nowhere else.
        """
        answer = self.transport.request("get", quote(path), params=parameters)
        with self._understood(path):
            return dict(answer.get("data") or {})

    def actor(self) -> str:
        """What the server calls whoever holds this token, asked once; empty where it does not say."""
        if self._actor is None:
            try:
                data = self.get("auth/token/lookup-self")
            except VaultError as error:
                if error.ends_the_run:
                    raise
                data = {}
            self._actor = str(data.get("display_name") or "")
        return self._actor

    def post(self, path: str, **body: object) -> None:
        """A request without a result, such as ``rotate-role``; not sent twice where it may have been done."""
        self.transport.act(quote(path), body)

    def _patch(self, mount: str, path: str, body: dict[str, Any]) -> int:
        """PATCH keeps sibling keys on the server; without that capability read, merge, and write."""
        try:
            answer = self.transport.once(
                "patch", quote(f"{mount}/data/{path}"), headers=dict(_MERGE_PATCH), json=body
            )
        except VaultError as error:
            if error.status not in (403, 404, 405) or (body["options"]["cas"] and error.status == 404):
                raise
            cas = body["options"]["cas"]
            siblings = self._read(mount, path, cas)[1] if cas else {}
            merged = {**siblings, **body["data"]}
            answer = self._kv_once.create_or_update_secret(path, merged, cas=cas, mount_point=mount)
        with self._understood(f"{mount}/data/{path}"):
            return int(answer["data"]["version"])

    def _read(self, mount: str, path: str, version: int | None) -> tuple[int, dict[str, Any]]:
        """A version's number and its values as the JSON that they are."""
        try:
            answer = self._kv.read_secret_version(
                path, version=version, mount_point=mount, raise_on_deleted_version=True
            )
        except VaultError as error:
            raise refusals.missing(error, f"{mount}/{path}", version) from None
        with self._understood(f"{mount}/data/{path}"):
            data = answer.get("data") or {}
            if data.keys() >= {"data", "metadata"}:
                return int(data["metadata"]["version"]), dict(data["data"])
        raise refusals.unversioned(mount)

    def _understood(self, path: str) -> AbstractContextManager[None]:
        return understood(path, self.transport.address)

    def _settle(self, mount: str, path: str, values: Mapping[str, Plaintext], cas: int) -> int:
        """After an unclear write: the version it made, or 0 where it made none."""
        try:
            current = self.metadata(mount, path).current
        except VaultError as error:
            if error.status != 404 or cas:
                raise
            return 0
        if current == cas:
            return 0
        written = self.read(mount, path, cas + 1)
        if all(written.values.get(key) == value for key, value in values.items()):
            return written.version
        raise refusals.lost(mount, path, cas)


def _metadata(data: dict[str, Any]) -> Metadata:
    """The answer of KV v2's ``metadata/``, field by field; servers before 1.9 leave some out."""
    return Metadata(
        current=int(data["current_version"]),
        oldest=int(data.get("oldest_version") or 1),
        max_versions=int(data.get("max_versions") or 0),
        versions={
            int(number): Version(str(one["created_time"]), str(one["deletion_time"]), bool(one["destroyed"]))
            for number, one in (data.get("versions") or {}).items()
        },
        custom={str(name): str(text) for name, text in (data.get("custom_metadata") or {}).items()},
    )


def _text(value: object) -> str:
    """KV values are any JSON; what is not text is kept as its JSON."""
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value)
