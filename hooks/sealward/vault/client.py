"""Vault at the edge: KV v2 with check-and-set, dynamic engines, capabilities. Values stay wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sealward.plaintext import Plaintext
from sealward.vault import refusals
from sealward.vault.transport import Transport, VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}
_MISMATCH = "check-and-set parameter did not match"
DEFAULT_VERSIONS = 10
"""How many versions KV v2 keeps of a secret where neither it nor its mount says."""


class Secret(NamedTuple):
    """One version of a KV v2 secret, its values by key."""

    version: int
    values: dict[str, Plaintext]


class Version(NamedTuple):
    """What the server says of one version; times are RFC 3339 texts, ``deleted`` empty where alive."""

    created: str
    deleted: str
    destroyed: bool

    @property
    def is_readable(self) -> bool:
        """Whether the version's values can still be read."""
        return not self.deleted and not self.destroyed


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
        self.transport = transport
        self._kept: dict[str, int] = {}

    def read(self, mount: str, path: str, version: int | None = None) -> Secret:
        """A version (the newest, where none is given) of a KV v2 secret."""
        number, data = self._read(mount, path, version)
        return Secret(number, {key: Plaintext(_text(value).encode()) for key, value in data.items()})

    def metadata(self, mount: str, path: str) -> Metadata:
        """The versions of a KV v2 secret, without any value."""
        try:
            data = self.get(f"{mount}/metadata/{path}")
        except VaultError as error:
            raise refusals.missing(error, f"{mount}/{path}", None) from None
        if "current_version" not in data:
            raise refusals.unversioned(mount)
        versions = {
            int(number): Version(entry["created_time"], entry["deletion_time"], entry["destroyed"])
            for number, entry in (data.get("versions") or {}).items()
        }
        return Metadata(
            data["current_version"],
            data["oldest_version"] or 1,
            data["max_versions"],
            versions,
            dict(data.get("custom_metadata") or {}),
        )

    def write(self, mount: str, path: str, values: Mapping[str, Plaintext], cas: int) -> int:
        """Write keys of a KV v2 secret as a new version, the other keys kept; returns its number.

        ``cas`` is the version that must be current. A failure that leaves open whether the server
        wrote is settled by reading back. Raises refusals.CheckAndSetMismatch where somebody else wrote.
        """
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
        where = f"{mount}/metadata/{path}"
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
        """What this token may do on each API path, all in one request."""
        wanted = list(paths)
        data = self.transport.request("post", "sys/capabilities-self", json={"paths": wanted})
        found = data.get("data") or data
        return {path: set(found.get(path) or found.get("capabilities") or ()) for path in wanted}

    def kept_versions(self, mount: str) -> int:
        """How many versions of a secret a mount keeps where the secret itself says nothing; asked once.

        Where the token may not know, it is taken to be KV v2's default.
        """
        if mount not in self._kept:
            try:
                configured = int(self.get(f"{mount}/config").get("max_versions") or 0)
            except VaultError as error:
                if error.status not in (403, 404) or error.bad_token:
                    raise
                configured = 0
            self._kept[mount] = configured or DEFAULT_VERSIONS
        return self._kept[mount]

    def get(self, path: str) -> dict[str, Any]:
        """The ``data`` of any other path: database roles, credentials, generated passwords."""
        return dict(self.transport.request("get", path).get("data") or {})

    def post(self, path: str, **body: Any) -> None:
        """A request without a result, such as ``rotate-role``; not sent twice where it may have been done."""
        self.transport.act(path, body)

    def _patch(self, mount: str, path: str, body: dict[str, Any]) -> int:
        """PATCH keeps sibling keys on the server; without that capability read, merge, and write."""
        try:
            answer = self.transport.once(
                "patch", f"{mount}/data/{path}", headers=dict(_MERGE_PATCH), json=body
            )
        except VaultError as error:
            if error.status not in (403, 404, 405) or (body["options"]["cas"] and error.status == 404):
                raise
            cas = body["options"]["cas"]
            siblings = self._read(mount, path, cas)[1] if cas else {}
            merged = {**siblings, **body["data"]}
            answer = self.transport.once("post", f"{mount}/data/{path}", json={**body, "data": merged})
        return int(answer["data"]["version"])

    def _read(self, mount: str, path: str, version: int | None) -> tuple[int, dict[str, Any]]:
        """A version's number and its values as the JSON that they are."""
        options: dict[str, Any] = {"params": {"version": version}} if version else {}
        try:
            data = self.transport.request("get", f"{mount}/data/{path}", **options).get("data") or {}
        except VaultError as error:
            raise refusals.missing(error, f"{mount}/{path}", version) from None
        if not data.keys() >= {"data", "metadata"}:
            raise refusals.unversioned(mount)
        return data["metadata"]["version"], data["data"]

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


def _text(value: Any) -> str:
    """KV values are any JSON; what is not text is kept as its JSON."""
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value)
