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
_REJECTED = "sealward-rejected"
_FAILED = re.compile(rf"{_REJECTED}(?:-\d{{1,9}})?")
_MOST = 8
"""How many rejections are remembered besides the last."""
_ENTRY = re.compile(
    r"(\d{1,9}) after (\d{1,9}): (.*?)(?: in (?:pins ((?:\d{1,9} )*\d{1,9}) of )?.*)?", re.DOTALL
)
_CUT = 500
"""Characters at which earlier versions cut an entry, be it in the name of a key."""


class Rotation(NamedTuple):
    """A rotation as its entry says it: its id, the version that it makes, the keys (none: all whose values
    the version changes), and the last good version before it. ``pins`` are the versions that files pinned
    when it began. ``files`` are for people who look: which references there are, the next run finds out for
    itself."""

    identity: str
    version: int
    keys: tuple[str, ...]
    good: int
    files: tuple[str, ...] = ()
    pins: tuple[int, ...] = ()


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


def reject(
    client: Client, mount: str, path: str, rotation: Rotation, identities: Iterable[str],
    metadata: Metadata | None = None,
) -> None:  # fmt: skip
    """The new version failed its verification: mark it, so that nobody pins it, and end the rotation. What
    ``metadata`` says was rejected before stays marked, the last few, in entries of their own."""
    before = [one for one in rejections(metadata) if one.version != rotation.version] if metadata else []
    names = [name for name in (metadata.custom if metadata else ()) if name.startswith(_REJECTED)]
    said: dict[str, str | None] = {part: None for name in names for part in entries.parts(name)}
    for one in before[-_MOST:]:
        said.update(_said(f"{_REJECTED}-{one.version}", one))
    said.update(dict.fromkeys(entries.parts(_REJECTED)))
    said.update(_said(_REJECTED, rotation._replace(files=(), pins=())))
    client.annotate(mount, path, {**_without(identities), **said})


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


def rejections(metadata: Metadata) -> list[Rotation]:
    """The rotations whose new values failed their verification, oldest version first: whatever version holds
    such a value is not to be pinned."""
    names = [name for name in sorted(metadata.custom) if _FAILED.fullmatch(name)]
    found = [_rotation("", entries.joined(metadata.custom, name)) for name in names]
    return sorted((one for one in found if one), key=lambda one: one.version)


def rejection(metadata: Metadata) -> Rotation | None:
    """The rotation that made the current version, and whose values failed their verification; None where
    nothing of the kind is known."""
    return next((one for one in rejections(metadata) if one.version == metadata.current), None)


def _said(name: str, rotation: Rotation) -> dict[str, str]:
    """The keys whole, in further entries where they must; of the files, which are for people, as many as
    there is room for."""
    said = entries.spread(name, f"{rotation.version} after {rotation.good}: ", rotation.keys)
    last = list(said)[-1]
    pins = f"pins {' '.join(map(str, rotation.pins[-16:]))} of " if rotation.pins else ""
    where = f" in {pins}{', '.join(map(entries.token, rotation.files))}" if rotation.files else ""
    room = entries.LONGEST - len(said[last].encode())
    said[last] += where.encode()[: max(room, 0)].decode(errors="ignore") if room > 5 else ""
    return said


def _rotation(identity: str, text: str) -> Rotation | None:
    match = _ENTRY.fullmatch(text)
    if match is None:
        return None
    cut = len(text) == _CUT and " in " not in text
    return Rotation(
        identity=identity,
        version=int(match[1]),
        keys=() if cut else entries.words_of(match[3]),
        good=int(match[2]),
        pins=tuple(int(one) for one in (match[4] or "").split()),
    )


def _without(identities: Iterable[str]) -> dict[str, str | None]:
    return {part: None for identity in identities for part in entries.parts(_NOTE + identity)}
