"""References → values, in memory: each version of each secret is read once, whatever refers to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sealward.deploy.values import check_engine, is_static
from sealward.deploy.wanted import check_size, pin, wrong
from sealward.plaintext import Plaintext
from sealward.references.reference import where
from sealward.vault.parallel import answers
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


class Asked(NamedTuple):
    """One question to Vault: a version of a KV v2 secret, or (``path`` empty) a login of a database."""

    mount: str
    path: str
    version: int | None


class Answer(NamedTuple):
    """The version that answered, and its values."""

    version: int
    values: Mapping[str, Plaintext]


class Resolver:
    """Asks Vault, each question once and many at a time; ``connect`` is called if there is one at all.

    ``taken`` says which version stood in for each missing pin, ``reads`` how many questions there were.
    """

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._client: Client | None = None
        self._answers: dict[Asked, Answer | VaultError] = {}
        self.taken: dict[str, int] = {}

    @property
    def reads(self) -> int:
        """How many versions were read."""
        return len(self._answers)

    def resolve(self, wanted: Iterable[Wanted]) -> list[Resolved]:
        """Every Secret with its values. Raises SealwardError, ``path:line:column``, for the first reference
        that is gone or cannot be read, and for a Secret that would be too large."""
        secrets = list(wanted)
        self.ask(entry for one in secrets for entry in one.entries.values())
        return [self._secret(one) for one in secrets]

    def ask(self, entries: Iterable[Entry]) -> None:
        """Read what the references of entries refer to. Raises SealwardError for one that cannot be read as
        such, and VaultError where the server or the token fails."""
        questions = [self._question(entry.place, one) for entry in entries for one in entry.references]
        new = [one for one in dict.fromkeys(questions) if one not in self._answers]
        if new:
            self._answers |= answers(self._read, new, what="asking Vault")

    def value(self, entry: Entry) -> Plaintext:
        """The value of one entry that was asked for. Raises SealwardError as ``resolve`` does."""
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
        answer = self._answers[self._question(place, reference)]
        if isinstance(answer, VaultError):
            raise wrong(place, answer.message, answer.hint)
        if reference.version is None and answer.version:
            self.taken[pin(reference)] = answer.version
        if reference.key not in answer.values:
            version = f"version {answer.version} of " if answer.version else ""
            hint = f"its keys are: {', '.join(sorted(answer.values)) or 'none'}"
            raise wrong(place, f"{version}{reference.secret} has no key {reference.key!r}", hint)
        return answer.values[reference.key]

    def _question(self, place: Place, reference: Reference) -> Asked:
        one = self._at_hand().mounts.settled(reference)
        if one.is_elsewhere:
            hint = "deploy reads from the server of VAULT_ADDR alone; refer to a secret there"
            raise wrong(place, f"{pin(one)} is {where(one)}", hint)
        if is_static(one):
            return Asked(one.secret, "", None)
        check_engine(place, one)
        return Asked(one.mount, one.path, one.version)

    def _read(self, asked: Asked) -> Answer:
        if not asked.path:
            found = self._at_hand().get(asked.mount)
            return Answer(0, {name: Plaintext(str(text).encode()) for name, text in found.items()})
        secret = self._at_hand().read(*asked)
        return Answer(secret.version, secret.values)

    def _at_hand(self) -> Client:
        if self._client is None:
            self._client = self._connect()
        return self._client


def without_values(wanted: Wanted) -> dict[str, str]:
    """What stands for each value where none may be shown: its references, or that it is a literal."""
    return {key: wanted.pins.get(key) or "(literal)" for key in wanted.entries}
