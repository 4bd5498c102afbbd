"""References → values, in memory: each version of each secret is read once, whatever refers to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sealward.deploy.values import is_static
from sealward.deploy.wanted import check_size, pin, wrong
from sealward.plaintext import Plaintext
from sealward.vault.mounts import Mounts
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sealward.deploy.wanted import Entry, Wanted
    from sealward.finding import Place
    from sealward.references.syntax import Reference
    from sealward.vault.client import Client


class Resolved(NamedTuple):
    """A Secret with its values. ``taken`` names, for keys whose reference has no pin, what was taken."""

    wanted: Wanted
    data: Mapping[str, Plaintext]
    pins: Mapping[str, str]


class Resolver:
    """Asks Vault; ``connect`` is called when the first reference is met."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._client: Client | None = None
        self._mounts: Mounts | None = None
        self._read: dict[tuple[str, str, int | None], tuple[int, Mapping[str, Plaintext]]] = {}
        self.taken: dict[str, int] = {}
        self.reads = 0

    def resolve(self, wanted: Iterable[Wanted]) -> list[Resolved]:
        """Every Secret with its values. Raises SealwardError, ``path:line:column``, for the first reference
        that is gone or cannot be read, and for a Secret that would be too large."""
        return [self._secret(one) for one in wanted]

    def value(self, entry: Entry) -> Plaintext:
        """The value of one entry. Raises SealwardError as ``resolve`` does."""
        pieces = [one if isinstance(one, Plaintext) else self._in_place(entry, one) for one in entry.pieces]
        found = pieces[0] if len(pieces) == 1 else Plaintext(b"".join(one.reveal() for one in pieces))
        if not found.reveal():
            raise wrong(entry.place, "is empty in Vault", "write a value there, or remove the key")
        return found

    def _secret(self, wanted: Wanted) -> Resolved:
        data = {key: self.value(entry) for key, entry in wanted.entries.items()}
        check_size(wanted, sum(len(value.reveal()) for value in data.values()))
        pins = {
            key: ", ".join(self._named(one) for one in entry.references)
            for key, entry in sorted(wanted.entries.items())
            if entry.references
        }
        return Resolved(wanted, data, pins)

    def _named(self, reference: Reference) -> str:
        number = self.taken.get(pin(reference))
        return f"{pin(reference)}#{number}" if number else pin(reference)

    def _in_place(self, entry: Entry, reference: Reference) -> Plaintext:
        found = self._reference(entry.place, reference)
        if entry.json:
            return Plaintext(json.dumps(found.text())[1:-1].encode())
        return found

    def _reference(self, place: Place, reference: Reference) -> Plaintext:
        try:
            if is_static(reference):
                return self._static(place, reference)
            settled = self._settled(reference)
            if not settled.is_versioned:
                hint = "keep it in a KV version 2 mount (vault:MOUNT/data/PATH#KEY#VERSION)"
                raise wrong(place, f"{pin(reference)} has no versions that a pin could name", hint)
            number, values = self._version(settled)
        except VaultError as error:
            if error.ends_the_run:
                raise
            raise wrong(place, error.message, error.hint) from None
        if reference.version is None:
            self.taken[pin(reference)] = number
        if reference.key not in values:
            hint = f"its keys are: {', '.join(sorted(values)) or 'none'}"
            raise wrong(place, f"version {number} of {settled.secret} has no key {reference.key!r}", hint)
        return values[reference.key]

    def _version(self, one: Reference) -> tuple[int, Mapping[str, Plaintext]]:
        asked = (one.mount, one.path, one.version)
        if asked not in self._read:
            found = self._at_hand().read(*asked)
            self.reads += 1
            self._read[asked] = (found.version, found.values)
        return self._read[asked]

    def _static(self, place: Place, one: Reference) -> Plaintext:
        """A database login that Vault changes on a schedule: its version is when that was last done."""
        asked = (one.mount, one.path, None)
        if asked not in self._read:
            data = self._at_hand().get(one.secret)
            self.reads += 1
            self._read[asked] = (0, {name: Plaintext(str(text).encode()) for name, text in data.items()})
        values = self._read[asked][1]
        if one.key not in values:
            raise wrong(place, f"{one.secret} has no {one.key!r}", f"it has: {', '.join(sorted(values))}")
        return values[one.key]

    def _settled(self, reference: Reference) -> Reference:
        client = self._at_hand()
        if self._mounts is None:
            self._mounts = Mounts(client)
        return self._mounts.settled(reference)

    def _at_hand(self) -> Client:
        if self._client is None:
            self._client = self._connect()
        return self._client


def without_values(wanted: Wanted) -> dict[str, str]:
    """What stands for each value where none may be shown: its references, or that it is a literal."""
    return {key: wanted.pins.get(key) or "(literal)" for key in wanted.entries}
