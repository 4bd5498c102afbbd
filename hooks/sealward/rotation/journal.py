"""What a rotation leaves on the server while it is under way, so that the next run can finish it.

The server is the journal: entries of the secret's ``custom_metadata`` name the rotation, the version that
it makes and its step. They hold no secret, and are removed at the end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sealward.vault.client import Client, Metadata

_ID, _TO, _KEYS, _GOOD, _FAILED = (
    "sealward-rotation",
    "sealward-version",
    "sealward-keys",
    "sealward-replaces",
    "sealward-rejected",
)
_REJECTION = re.compile(r"(\d{1,9})(?: after (\d{1,9}): (.*))?", re.DOTALL)


class Unfinished(NamedTuple):
    """A rotation that was begun and not ended: its id, the version it makes, the keys, and the last
    good version before it (0: not known)."""

    identity: str
    version: int
    keys: tuple[str, ...]
    good: int = 0


class Rejection(NamedTuple):
    """A version whose new values failed their verification: which keys, and the last good version."""

    version: int
    keys: tuple[str, ...]
    good: int


def begin(client: Client, mount: str, path: str, rotation: Unfinished) -> None:
    """Note the rotation before its version is written."""
    keys, good = ",".join(rotation.keys)[:500], str(rotation.good)
    entries = {_ID: rotation.identity, _TO: str(rotation.version), _KEYS: keys, _GOOD: good}
    client.annotate(mount, path, entries)


def end(client: Client, mount: str, path: str) -> None:
    """The rotation is done: take the note away."""
    client.annotate(mount, path, _nothing())


def withdraw(client: Client, mount: str, path: str, rotation: Unfinished) -> None:
    """Take back a note whose version somebody else wrote, unless the note is theirs."""
    if client.metadata(mount, path).custom.get(_ID) == rotation.identity:
        end(client, mount, path)


def reject(client: Client, mount: str, path: str, rotation: Unfinished) -> None:
    """The new version failed its verification: mark it, so that nobody pins it, and end the rotation."""
    told = f"{rotation.version} after {rotation.good}: {','.join(rotation.keys)}"
    client.annotate(mount, path, {**_nothing(), _FAILED: told[:500]})


def unfinished(metadata: Metadata) -> Unfinished | None:
    """The rotation that wrote the current version and did not end; None where there is none.

    One that was noted but whose version was never written, or was overtaken, has nothing to finish.
    """
    noted = metadata.custom.get(_TO, "")
    if not noted.isdecimal() or int(noted) != metadata.current:
        return None
    keys = tuple(key for key in metadata.custom.get(_KEYS, "").split(",") if key)
    good = metadata.custom.get(_GOOD, "")
    return Unfinished(
        metadata.custom.get(_ID, ""), int(noted), keys, int(good) if good.isdecimal() else int(noted) - 1
    )


def rejected(metadata: Metadata) -> int:
    """The version that failed its verification last, or 0."""
    rejection = _rejection(metadata)
    return rejection.version if rejection else 0


def rejection(metadata: Metadata) -> Rejection | None:
    """What is wrong with the current version; None where nothing is known to be."""
    found = _rejection(metadata)
    return found if found and found.version == metadata.current else None


def _rejection(metadata: Metadata) -> Rejection | None:
    match = _REJECTION.fullmatch(metadata.custom.get(_FAILED, ""))
    if match is None:
        return None
    version, keys = int(match[1]), tuple(key for key in (match[3] or "").split(",") if key)
    return Rejection(version, keys, int(match[2] or version - 1))


def _nothing() -> dict[str, str | None]:
    return {_ID: None, _TO: None, _KEYS: None, _GOOD: None}
