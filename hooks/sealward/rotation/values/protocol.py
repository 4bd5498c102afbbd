"""The protocol of the user's own commands: they make new values, verify them, and retire old ones.

Each gets one JSON object on its standard input. A generator answers with one JSON object on its standard
output: ``{"values": {KEY: TEXT, …}}`` for just the keys that were asked for, or ``{"error": TEXT}``.
``verify`` and ``retire`` answer by their exit status; an ``{"error": TEXT}`` says why they failed.
docs/rotation-policy.md has it for users.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.rotation.values.child import ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sealward.rotation.values.generators import Generator

PROTOCOL = 1
HINT = 'it must answer {"values": {KEY: TEXT, …}} with the keys it was asked for (docs/rotation-policy.md)'


class Request(NamedTuple):
    """What a command is given: the secret, its keys, and the version that is current in Vault.

    ``folder`` is the repository's top, where commands run; it is not part of the JSON.
    """

    mount: str
    path: str
    keys: tuple[str, ...]
    version: int
    folder: str

    def to_json(self, action: str, values: Mapping[str, Plaintext] | None) -> bytes:
        """The request as the command reads it; ``values`` in clear, where it gets any."""
        body: dict[str, Any] = {
            "protocol": PROTOCOL,
            "action": action,
            "mount": self.mount,
            "path": self.path,
            "keys": list(self.keys),
            "version": self.version,
        }
        if values is not None:
            body["values"] = {key: value.text() for key, value in values.items()}
        return json.dumps(body).encode() + b"\n"


def make(
    generator: Generator, request: Request, current: Mapping[str, Plaintext] | None = None
) -> dict[str, Plaintext]:
    """New values of all the request's keys by the generator's command.

    ``current`` are the values to be replaced; the command gets them only if its generator says so.
    Raises SealwardError, which never quotes the answer, except for the text of its own ``error``.
    """
    body = request.to_json("generate", current if generator.current else None)
    answer = ask(generator.command, body, generator.seconds, request.folder, generator.environment)
    return values_of(generator.command[0], answer, request.keys)


def verify(
    command: Sequence[str],
    seconds: float,
    request: Request,
    new: Mapping[str, Plaintext],
    passed: Sequence[str] = (),
) -> None:
    """Let a command try the new values. Raises SealwardError where it does not end with status 0."""
    ask(command, request.to_json("verify", new), seconds, request.folder, passed)


def retire(
    command: Sequence[str],
    seconds: float,
    request: Request,
    old: Mapping[str, Plaintext],
    passed: Sequence[str] = (),
) -> None:
    """Let a command revoke old values where they were issued; ``request.version`` is the version that
    held them. Raises SealwardError where it does not end with status 0."""
    ask(command, request.to_json("retire", old), seconds, request.folder, passed)


def values_of(name: str, data: bytes, keys: Sequence[str]) -> dict[str, Plaintext]:
    """The new values that the command ``name`` printed: a JSON object with exactly these keys.

    Raises SealwardError for any other answer, and with the text of its own ``error`` where it has one.
    """
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise SealwardError(f"the command {name} did not answer with a JSON object", HINT)
    said = answer.get("error")
    if isinstance(said, str) and said:
        shown = "".join(char if char.isprintable() else " " for char in said[:200])
        raise SealwardError(f"the command {name} says: {shown}", "fix that and try again")
    values = answer.get("values")
    if not isinstance(values, dict) or set(values) != set(keys):
        raise SealwardError(f"the command {name} did not answer with the keys it was asked for", HINT)
    if not all(isinstance(value, str) and value for value in values.values()):
        raise SealwardError(f"the command {name} answered with a value that is empty, or no text", HINT)
    try:
        return {key: Plaintext(values[key].encode()) for key in keys}
    except UnicodeEncodeError:
        raise SealwardError(f"the command {name} answered with half a surrogate pair", HINT) from None
