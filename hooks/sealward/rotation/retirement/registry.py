"""The registry of pins: each repository notes in a secret's ``custom_metadata`` which versions its deployed
branches pin, so that another one does not revoke them.

``sealward-pin-REPOSITORY`` is ``7 9; TIME; COMMIT``: the versions, when that was seen last, and the commit of
the branch that it was seen in. A note that nobody has renewed for a while is not waited for, and named.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from sealward.rotation import entries
from sealward.rotation.retirement.notes import ranges
from sealward.times import iso, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.git import Repository
    from sealward.vault.client import Metadata

PIN = "sealward-pin-"
STALE = 30 * 86400.0
"""Seconds after which a repository that was not seen is not waited for."""

RENEWED = 86400.0
"""Seconds for which a note that still holds is left as it is."""

MOST_ENTRIES = 60
"""Entries of a secret, from which no repository adds one; KV v2 takes 64."""

_LONGEST_NAME = 100
_ENTRY = re.compile(r"(?P<pins>[0-9 -]*); (?P<seen>\S+?)(?:; (?P<commit>[0-9a-f]*))?")
_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_ADDRESS = re.compile(
    r"(?:[a-z+]+://)?(?:[^@/]*@)?(?P<host>[^:/]+)(?::[0-9]+(?=/))?[:/]+(?P<path>.+)", re.IGNORECASE
)


class Registered(NamedTuple):
    """What a repository pins of a secret, and when it was seen last (seconds since 1970)."""

    repository: str
    spans: tuple[tuple[int, int], ...]
    seen: float
    commit: str = ""

    @property
    def text(self) -> str:
        """The versions, for people: ``1-3 7``."""
        return " ".join(f"{first}-{last}" if last > first else str(first) for first, last in self.spans)

    def pins(self, version: int) -> bool:
        """Whether it pins a version."""
        return any(first <= version <= last for first, last in self.spans)

    def is_stale(self, now: float) -> bool:
        """Whether nobody has seen it for so long that it is not waited for."""
        return now - self.seen > STALE


def name_of(repository: Repository, chosen: str = "") -> str:
    """What other repositories know this one by: what its policy file says (``chosen``), else the address of
    its remote without what differs between clones (``github.com/org/bot``), else its oldest commit."""
    remotes = repository.remotes()
    remote = "origin" if "origin" in remotes else remotes[0] if remotes else ""
    address = repository.remote_url(remote) if remote else ""
    name = chosen or (
        _named(address, repository.top) if address else f"commit-{repository.root_commit()[:20]}"
    )
    if len(name.encode()) > _LONGEST_NAME:
        name = f"{name[:60]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return name


def registered(metadata: Metadata) -> list[Registered]:
    """What all repositories have noted of a secret."""
    found = []
    for name, text in sorted(metadata.custom.items()):
        entry = _ENTRY.fullmatch(text) if name.startswith(PIN) else None
        if entry is not None:
            spans = [(int(one[1]), int(one[2] or one[1])) for one in _RANGE.finditer(entry["pins"])]
            repository = unquote(name.removeprefix(PIN))
            seen = seconds_of(entry["seen"]) or seconds_of(f"{entry['seen']}T23:59:59Z") or 0.0
            found.append(Registered(repository, tuple(spans), seen, entry["commit"] or ""))
    return found


def noted(
    own: str, versions: Iterable[int], commit: str, metadata: Metadata, now: float
) -> dict[str, str | None]:
    """What makes the secret's entry say that this repository pins these versions; empty where it says so
    already, and was written lately, and where there is no room: then ``has_room`` is false."""
    name = entry_of(own)
    pins = ranges(sorted(set(versions)))
    before = next((one for one in registered(metadata) if one.repository == own), None)
    if not pins:
        return {name: None} if name in metadata.custom else {}
    text = f"{pins}; {iso(now)}; {commit[:12]}"
    old = metadata.custom.get(name, "")
    if before is not None and old.partition(";")[0] == pins and 0 <= now - before.seen < RENEWED:
        return {}
    return {name: text, **_outdated(own, metadata, now)}


def has_room(own: str, metadata: Metadata, now: float) -> bool:
    """Whether the secret's entries leave room for one of this repository."""
    count = len(metadata.custom) - len(_outdated(own, metadata, now))
    return entry_of(own) in metadata.custom or count < MOST_ENTRIES


def entry_of(own: str) -> str:
    """The name of a repository's entry."""
    return f"{PIN}{entries.token(own)}"


def _outdated(own: str, metadata: Metadata, now: float) -> dict[str, None]:
    """Entries of others that nobody waits for any more, where room is scarce."""
    if len(metadata.custom) < MOST_ENTRIES:
        return {}
    return {
        entry_of(one.repository): None
        for one in registered(metadata)
        if one.repository != own and one.is_stale(now)
    }


def _named(address: str, top: str) -> str:
    """``git@github.com:Org/Bot.git`` and ``https://user@github.com/Org/Bot`` → ``github.com/Org/Bot``."""
    path = address.removeprefix("file://")
    if path.startswith(("/", ".")):
        return os.path.normpath(os.path.join(top, path)).strip("/").removesuffix(".git").removesuffix("/")
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return address.removesuffix(".git")
    return f"{match['host'].lower()}/{match['path'].strip('/').removesuffix('.git')}"
