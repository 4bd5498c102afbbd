"""What a rotation leaves on the server while it is under way, so that the next run can finish it.

The server is the journal: entries of the secret's ``custom_metadata`` name the rotation, the version that
it makes and its step. They hold no secret, and are removed at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sealward.vault.client import Client, Metadata

_ID, _TO, _KEYS, _FAILED = (
    "sealward-rotation",
    "sealward-version",
    "sealward-keys",
    "sealward-rejected",
)


class Unfinished(NamedTuple):
    """A rotation that was begun and not ended: its id, the version it makes, and the keys."""

    identity: str
    version: int
    keys: tuple[str, ...]


def begin(client: Client, mount: str, path: str, rotation: Unfinished) -> None:
    """Note the rotation before its version is written."""
    entries = {_ID: rotation.identity, _TO: str(rotation.version), _KEYS: ",".join(rotation.keys)[:500]}
    client.annotate(mount, path, entries)


def end(client: Client, mount: str, path: str) -> None:
    """The rotation is done: take the note away."""
    client.annotate(mount, path, {_ID: None, _TO: None, _KEYS: None})


def withdraw(client: Client, mount: str, path: str, rotation: Unfinished) -> None:
    """Take back a note whose version somebody else wrote, unless the note is theirs."""
    if client.metadata(mount, path).custom.get(_ID) == rotation.identity:
        end(client, mount, path)


def reject(client: Client, mount: str, path: str, version: int) -> None:
    """The new version failed its verification: mark it, so that nobody pins it, and end the rotation."""
    client.annotate(mount, path, {_ID: None, _TO: None, _KEYS: None, _FAILED: str(version)})


def unfinished(metadata: Metadata) -> Unfinished | None:
    """The rotation that wrote the current version and did not end; None where there is none.

    One that was noted but whose version was never written, or was overtaken, has nothing to finish.
    """
    noted = metadata.custom.get(_TO, "")
    if not noted.isdecimal() or int(noted) != metadata.current:
        return None
    keys = tuple(key for key in metadata.custom.get(_KEYS, "").split(",") if key)
    return Unfinished(metadata.custom.get(_ID, ""), int(noted), keys)


def rejected(metadata: Metadata) -> int:
    """The version that failed its verification last, or 0."""
    noted = metadata.custom.get(_FAILED, "")
    return int(noted) if noted.isdecimal() else 0
