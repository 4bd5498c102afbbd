"""The versions of one secret: what each holds, and since when a key has its value.

The unit of a rotation is the value of a key, not the KV v2 version: a version that a sibling's write made
carries every other value on. So versions are compared by what they hold; each is read once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.rotation import ages, entries, journal
from sealward.times import seconds_of
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealward.plaintext import Plaintext
    from sealward.rotation.ages import Span
    from sealward.vault.client import Client, Metadata, Secret


class Change(NamedTuple):
    """When a key got the value that it has in some version: with which version, and when (seconds since 1970,
    None where the server does not say). Where it is not ``exact`` the value may be older: what was before
    cannot be read any more."""

    version: int
    since: float | None
    exact: bool = True


class History:
    """The versions of the secret ``mount/path``, as ``metadata`` lists them; ``client`` reads them."""

    def __init__(self, client: Client, mount: str, path: str, metadata: Metadata) -> None:
        self.client = client
        self.mount = mount
        self.path = path
        self.metadata = metadata
        self._read: dict[int, Secret | None] = {}
        self._noted = ages.read(metadata)

    def secret(self, version: int) -> Secret | None:
        """A version as it was read; None where it cannot be (never written, deleted, destroyed, pushed out).
        Raises VaultError where the server fails or the token may not read it."""
        if version not in self._read:
            try:
                self._read[version] = self.client.read(self.mount, self.path, version) if version else None
            except VaultError as error:
                if error.status != 404:
                    raise
                self._read[version] = None
        return self._read[version]

    def wrote(self, version: int, before: int, values: Mapping[str, Plaintext]) -> None:
        """Remember what was just written as a version: the values of the one ``before``, but for these."""
        from sealward.vault.client import Secret

        old = self.values(before) or {}
        self._read[version] = Secret(version, {**old, **values})

    def values(self, version: int) -> Mapping[str, Plaintext] | None:
        """The values of a version by key; None as ``secret`` says."""
        found = self.secret(version)
        return None if found is None else found.values

    def value(self, key: str, version: int) -> Plaintext | None:
        """One value; None where the version cannot be read, or does not have the key."""
        return (self.values(version) or {}).get(key)

    def differs(self, key: str, one: int, other: int) -> bool:
        """Whether two versions are known to hold different values of a key; where one of them cannot be read
        nothing is known."""
        first, second = self.values(one), self.values(other)
        return first is not None and second is not None and first.get(key) != second.get(key)

    def rejected(self, key: str, version: int) -> bool:
        """Whether a version holds a value of the key that failed its verification, in whichever version."""
        return any(self._carries(one, key, version) for one in journal.rejections(self.metadata))

    def rejections(self, version: int) -> list[journal.Rotation]:
        """The rotations whose rejected values a version holds; of each just the keys that it holds so."""
        found = []
        for one in journal.rejections(self.metadata):
            keys = tuple(key for key in self._keys(one) if self._carries(one, key, version))
            found += [one._replace(keys=keys)] if keys else []
        return found

    def _keys(self, rotation: journal.Rotation) -> tuple[str, ...]:
        return self.named(rotation).keys or self.changed(rotation.good, rotation.version)

    def named(self, rotation: journal.Rotation) -> journal.Rotation:
        """A rotation with the names of its keys: of very long ones its entry has a digest."""
        if not any(one.startswith("%%") for one in rotation.keys):
            return rotation
        known = self.values(rotation.version) if rotation.version <= self.metadata.current else None
        return rotation._replace(keys=entries.resolved(rotation.keys, known or ()))

    def _carries(self, rejected: journal.Rotation, key: str, version: int) -> bool:
        if key not in self._keys(rejected) or version < rejected.version:
            return False
        held = self.value(key, version)
        if held is not None and held == self.value(key, rejected.good):
            return False  # it is the value of the last good version
        return version == rejected.version or (held is not None and held == self.value(key, rejected.version))

    def changed(self, before: int, after: int) -> tuple[str, ...]:
        """The keys of a version that another one does not have, or has with another value; none where one of
        them cannot be read."""
        old, new = self.values(before), self.values(after)
        if new is None or (old is None and before):
            return ()
        return tuple(key for key, value in new.items() if (old or {}).get(key) != value)

    def noted(self, key: str, version: int) -> Change | None:
        """The same as far as it shows without reading a value: by what is noted, or as the first version
        says; None where it takes a look."""
        span = self._noted.get(key)
        if span is not None and span.first <= version <= span.last:
            return Change(span.first, span.since)
        return Change(1, self.created(1)) if version == 1 else None

    def at_least(self, key: str, version: int) -> Change:
        """What is known without reading a value where ``noted`` does not know: the value is as old as its
        version, or as old as what was noted of an earlier one."""
        span = self._noted.get(key)
        if span is not None and span.last < version:
            return Change(span.first, span.since, exact=False)
        return Change(version, self.created(version), exact=False)

    def change(self, key: str, version: int) -> Change:
        """Since when a key has the value that it has in a version. Versions are compared, back to where it
        is noted or the value differs. Raises VaultError as ``secret`` does."""
        known = self.noted(key, version)
        if known is not None:
            return known
        value = self.value(key, version)
        if value is None:
            return Change(version, self.created(version), exact=False)
        return self._walk(key, version, value, self._noted.get(key))

    def _walk(self, key: str, version: int, value: Plaintext, span: Span | None) -> Change:
        first = gap = version
        for older in sorted((one for one in self.metadata.versions if one < version), reverse=True):
            values = self.values(older)
            if values is None:
                gap = older
                continue
            if values.get(key) != value:
                return Change(gap, self.created(gap), exact=gap == first)
            first = gap = older
            if span is not None and span.first <= older <= span.last:
                return Change(span.first, span.since)
        if span is not None and span.first < gap:
            return Change(span.first, span.since, exact=False)  # what was noted is not in Vault any more
        return Change(gap, self.created(gap), exact=gap == first == 1)

    def span(self, key: str, version: int) -> Span | None:
        """What is to be noted of a key that a version holds; None where it is not known for sure."""
        found = self.change(key, version)
        return ages.Span(found.version, version, found.since) if found.since is not None else None

    def is_old(self, key: str, version: int, every: int, now: float) -> bool:
        """Whether a key's value in a version is as old as ``every`` seconds, or of unknown age; nothing is
        read where the versions' own times settle it."""
        entry = self.metadata.versions.get(version)
        created = self.created(version)
        if entry is None or created is None or not entry.is_readable(now) or now - created >= every:
            return True
        first = self.created(1)
        if version == 1 or (first is not None and now - first < every):
            return False
        since = self.change(key, version).since
        return since is None or now - since >= every

    def created(self, version: int) -> float | None:
        """When a version was written, by the server's clock."""
        entry = self.metadata.versions.get(version)
        return seconds_of(entry.created) if entry else None
