"""What a secret's ``custom_metadata`` says of old values: which are to be revoked, and which have been.

``sealward-retire-7`` is ``after 86400s: KEYS`` as long as something deployed may hold version 7: the grace
starts when nothing does. From then on it is ``from TIME: KEYS``. ``sealward-retired-7`` is when it was
revoked, and stays as long as Vault has the version. The versions themselves are never deleted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sealward.rotation import entries
from sealward.times import iso, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.vault.client import Metadata

WAITING = "sealward-retire-"
RETIRED = "sealward-retired-"
_OLDER = "sealward-retired"
_ENTRY = re.compile(r"(?:from (?P<due>\S+)|after (?P<grace>[0-9]{1,10})s): (?P<keys>.*)", re.DOTALL)
_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_LONGEST_RANGES = 400
_MOST_MARKS = 16
"""Versions that have an entry of their own that says when; of older ones one entry has all numbers."""


class Retirement(NamedTuple):
    """A version whose values of ``keys`` are to be revoked from ``due`` (seconds since 1970) on; None says
    that something deployed may hold them still, and that ``grace`` seconds are to pass when nothing does."""

    mount: str
    path: str
    version: int
    keys: tuple[str, ...]
    due: float | None = None
    grace: int = 0

    @property
    def name(self) -> str:
        """The old value, as people name it."""
        return f"version {self.version} of {self.mount}/{self.path}"

    @property
    def entry(self) -> str:
        """The name of its entry."""
        return f"{WAITING}{self.version}"

    def written(self) -> dict[str, str | None]:
        """What makes its entry say just this."""
        head = f"after {self.grace}s: " if self.due is None else f"from {iso(self.due)}: "
        return {**self.forgotten(), **entries.spread(self.entry, head, self.keys)}

    def forgotten(self) -> dict[str, str | None]:
        """What takes its entry away."""
        return dict.fromkeys(entries.parts(self.entry))


def note(version: int, keys: Iterable[str], grace: float) -> dict[str, str]:
    """The entry of a version that was replaced: to be retired ``grace`` seconds after nothing deployed holds
    it any more."""
    return entries.spread(f"{WAITING}{version}", f"after {int(grace)}s: ", keys)


def pending(mount: str, path: str, metadata: Metadata) -> list[Retirement]:
    """What a secret's entries say is to be retired, oldest version first."""
    found = []
    for name in metadata.custom:
        version = name.removeprefix(WAITING)
        entry = _ENTRY.fullmatch(entries.joined(metadata.custom, name)) if name.startswith(WAITING) else None
        if entry is None or not version.isdecimal() or (entry["due"] and seconds_of(entry["due"]) is None):
            continue
        found.append(
            Retirement(
                mount=mount,
                path=path,
                version=int(version),
                keys=entries.words_of(entry["keys"]),
                due=seconds_of(entry["due"]) if entry["due"] else None,
                grace=int(entry["grace"] or 0),
            )
        )
    return sorted(found, key=lambda one: one.version)


def retired(metadata: Metadata) -> set[int]:
    """The versions of a secret that have been revoked."""
    marks = (name.removeprefix(RETIRED) for name in metadata.custom if name.startswith(RETIRED))
    found = {int(version) for version in marks if version.isdecimal()}
    for match in _RANGE.finditer(metadata.custom.get(_OLDER, "")):
        first, last = int(match[1]), int(match[2] or match[1])
        found.update(one for one in metadata.versions if first <= one <= last)
    return found


def marked(versions: Iterable[int], metadata: Metadata, now: float) -> dict[str, str | None]:
    """What says that versions have been revoked ``now``. The entries stay few: what Vault has no more is left
    out, and of the oldest only the numbers are kept."""
    new = set(versions)
    there = {one for one in retired(metadata) if one in metadata.versions}
    kept = sorted(there | new)
    dated, older = kept[-_MOST_MARKS:], kept[:-_MOST_MARKS]
    own = {name for name in metadata.custom if name.startswith(RETIRED)}
    entry: dict[str, str | None] = {
        name: None for name in own if name not in {f"{RETIRED}{one}" for one in dated}
    }
    entry.update({f"{RETIRED}{one}": iso(now) for one in sorted(new) if one in dated})
    if older or _OLDER in metadata.custom:
        undated = [one for one in kept if one not in new and f"{RETIRED}{one}" not in own]
        entry[_OLDER] = ranges(sorted({*older, *undated})) or None
    return entry


def ranges(numbers: list[int]) -> str:
    """``1-3 7``; where there is no room for all, the lowest are one range together."""
    pieces: list[list[int]] = []
    for one in numbers:
        if pieces and pieces[-1][1] == one - 1:
            pieces[-1][1] = one
        else:
            pieces.append([one, one])
    texts = [f"{first}-{last}" if last > first else str(first) for first, last in pieces]
    while len(" ".join(texts)) > _LONGEST_RANGES:
        pieces[:2] = [[pieces[0][0], pieces[1][1]]]
        texts[:2] = [f"{pieces[0][0]}-{pieces[0][1]}"]
    return " ".join(texts)
