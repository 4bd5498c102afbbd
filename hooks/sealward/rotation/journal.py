"""What a rotation leaves on the server while it is under way, so that the next run can finish it.

The server is the journal: a rotation has an entry of its own in the secret's ``custom_metadata``, which
says what version it makes, which one that replaces, the keys, and the files to re-pin. So two rotators do
not touch each other's entries. They hold no secret, and are removed at the end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sealward.rotation import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sealward.vault.client import Client, Metadata

_NOTE = "sealward-rotation-"
_FAILED = "sealward-rejected"
_ENTRY = re.compile(r"(\d{1,9}) after (\d{1,9}): (.*?)(?: in .*)?", re.DOTALL)


class Rotation(NamedTuple):
    """A rotation as its entry says it: its id, the version that it makes, the keys, and the last good
    version before it. ``files`` are for people who look: which references there are, the next run finds
    out for itself."""

    identity: str
    version: int
    keys: tuple[str, ...]
    good: int
    files: tuple[str, ...] = ()


def begin(client: Client, mount: str, path: str, rotation: Rotation) -> None:
    """Note the rotation before its version is written."""
    client.annotate(mount, path, _said(_NOTE + rotation.identity, rotation))


def end(
    client: Client,
    mount: str,
    path: str,
    identities: Iterable[str],
    also: Mapping[str, str | None] | None = None,
) -> None:
    """These rotations are done, or were never started: take their entries away, and write others in the same
    request."""
    client.annotate(mount, path, {**_without(identities), **(also or {})})


def reject(client: Client, mount: str, path: str, rotation: Rotation, identities: Iterable[str]) -> None:
    """The new version failed its verification: mark it, so that nobody pins it, and end the rotation."""
    gone: dict[str, str | None] = dict.fromkeys(entries.parts(_FAILED))
    said = _said(_FAILED, rotation._replace(files=()))
    client.annotate(mount, path, {**_without(identities), **gone, **said})


def noted(metadata: Metadata) -> list[Rotation]:
    """Every rotation that has an entry, oldest version first."""
    found = [
        _rotation(name.removeprefix(_NOTE), entries.joined(metadata.custom, name))
        for name in sorted(metadata.custom)
        if name.startswith(_NOTE) and not entries.is_part(name)
    ]
    return sorted((one for one in found if one), key=lambda one: one.version)


def unfinished(metadata: Metadata) -> Rotation | None:
    """The rotation that wrote the current version and did not end; None where there is none."""
    return next((one for one in noted(metadata) if one.version == metadata.current), None)


def abandoned(metadata: Metadata) -> list[Rotation]:
    """Rotations that were noted, and whose version nobody has written: there is nothing to finish."""
    return [one for one in noted(metadata) if one.version > metadata.current]


def rejection(metadata: Metadata) -> Rotation | None:
    """What is wrong with the current version: the rotation whose new values failed their verification; None
    where nothing is known to be wrong."""
    found = _rotation("", entries.joined(metadata.custom, _FAILED))
    return found if found and found.version == metadata.current else None


def _said(name: str, rotation: Rotation) -> dict[str, str]:
    """The keys whole, in further entries where they must; of the files, which are for people, as many as
    there is room for."""
    said = entries.spread(name, f"{rotation.version} after {rotation.good}: ", rotation.keys)
    last = list(said)[-1]
    where = f" in {', '.join(map(entries.token, rotation.files))}" if rotation.files else ""
    room = entries.LONGEST - len(said[last].encode())
    said[last] += where.encode()[: max(room, 0)].decode(errors="ignore") if room > 5 else ""
    return said


def _rotation(identity: str, text: str) -> Rotation | None:
    match = _ENTRY.fullmatch(text)
    if match is None:
        return None
    return Rotation(
        identity=identity, version=int(match[1]), keys=entries.words_of(match[3]), good=int(match[2])
    )


def _without(identities: Iterable[str]) -> dict[str, str | None]:
    return {part: None for identity in identities for part in entries.parts(_NOTE + identity)}
