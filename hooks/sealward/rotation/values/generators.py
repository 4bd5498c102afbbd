"""What makes a new value: ``hex:32``, ``password:40:letters``, ``vault-policy:NAME`` or ``exec:COMMAND``.

This module reads specifications and makes the values that need nothing but the system's random source;
``new_values`` makes all of them.
"""

from __future__ import annotations

import base64
import math
import re
import secrets
import shlex
import string
import uuid
from typing import Literal, NamedTuple

from sealward.errors import SealwardError
from sealward.plaintext import Plaintext

DEFAULT = "hex:32"
_SYMBOLS = "!#%*+-.:=?@_~"
PASSWORD_ALPHABET = string.ascii_letters + string.digits + _SYMBOLS
"""Printable, and harmless in shells, URLs' passwords and YAML: no quotes, blanks, backslashes, ``$``."""

ALPHABETS = {
    "safe": PASSWORD_ALPHABET,
    "letters": string.ascii_letters,
    "alnum": string.ascii_letters + string.digits,
    "digits": string.digits,
    "ascii": string.ascii_letters + string.digits + string.punctuation,
}
"""Alphabets of passwords by name."""

EXEC_SECONDS = 60
"""How long a command may take where the policy does not say."""

LEAST_BITS = 64
"""A password drawn from fewer bits can be searched for."""

Kind = Literal[
    "hex", "base64", "password", "uuid", "vault-policy", "ssh-ed25519", "age", "exec", "prompt",
    "rotate-role", "rotate-root",
]  # fmt: skip
"""What makes a value. The ``rotate-…`` ones name database engines, which make their own."""

_SIZES: dict[Kind, tuple[int, int, int]] = {
    "hex": (32, 16, 4096), "base64": (32, 16, 4096), "password": (40, 12, 4096),
}  # fmt: skip
"""Kind → size where none is given, smallest, largest: bytes, or characters of a password."""

_PLAIN: tuple[Kind, ...] = ("uuid", "ssh-ed25519", "age", "prompt", "rotate-role", "rotate-root")
"""The kinds that take no argument."""

_KINDS: dict[str, Kind] = {kind: kind for kind in (*_SIZES, *_PLAIN, "vault-policy", "exec")}

HINT = (
    "there are hex:BYTES, base64:BYTES, password:LENGTH[:ALPHABET], uuid, vault-policy:NAME, ssh-ed25519, "
    "age, exec:COMMAND, prompt, rotate-role and rotate-root"
)


class Generator(NamedTuple):
    """How new values are made. Of the fields after ``kind`` only those that the kind uses are set:
    ``size`` (bytes, or characters of a password), ``alphabet``, ``name`` (of a password policy on the
    server), ``command`` with its ``seconds``, the ``environment`` variables that it gets although they
    hold credentials, and whether it gets the ``current`` values."""

    kind: Kind
    size: int = 0
    alphabet: str = ""
    name: str = ""
    command: tuple[str, ...] = ()
    seconds: int = EXEC_SECONDS
    environment: tuple[str, ...] = ()
    current: bool = False

    def __str__(self) -> str:
        """For people: ``hex:32``, ``exec ./new-key``; arguments of a command are left out."""
        if self.kind == "exec":
            return f"exec {self.command[0]}"
        return f"{self.kind}:{self.name or self.size}" if self.name or self.size else self.kind

    @property
    def by_engine(self) -> bool:
        """Whether the secrets engine makes and stores the value itself."""
        return self.kind.startswith("rotate-")


def parse(text: str) -> Generator:
    """``KIND`` or ``KIND:ARGUMENT`` → Generator. Raises SealwardError, which says what there is."""
    name, _, argument = text.partition(":")
    kind = _KINDS.get(name)
    if kind in _SIZES:
        size, _, alphabet = argument.partition(":")
        if (size and not size.isdecimal()) or (alphabet and kind != "password"):
            raise _unknown(text)
        return sized(kind, int(size[:9]) if size else None, alphabet)
    if kind == "vault-policy":
        return vault_policy(argument)
    if kind == "exec":
        try:
            command = tuple(shlex.split(argument))
        except ValueError:
            command = ()
        if not command:
            raise SealwardError("the generator exec needs a command", "such as 'exec:./new-key --env prod'")
        return Generator(kind=kind, command=command)
    if kind in _PLAIN and not argument:
        return Generator(kind=kind)
    raise _unknown(text)


def sized(kind: Kind, size: int | None, alphabet: str = "") -> Generator:
    """A random kind of a size; ``alphabet`` is a name of ``ALPHABETS`` or the characters themselves.

    Raises SealwardError for a size or an alphabet that makes no secret.
    """
    default, smallest, largest = _SIZES[kind]
    chosen = default if size is None else size
    if not smallest <= chosen <= largest:
        problem = "short" if chosen < smallest else "long"
        raise SealwardError(f"{kind}:{chosen} is too {problem}", f"choose from {smallest} to {largest}")
    if kind != "password":
        return Generator(kind=kind, size=chosen)
    characters = ALPHABETS.get(alphabet or "safe", alphabet)
    if not (characters.isascii() and characters.isprintable()) or len(set(characters)) != len(characters):
        hint = f"give each printable ASCII character once, or one of {', '.join(ALPHABETS)}"
        raise SealwardError("the alphabet of a password has other or repeated characters", hint)
    if chosen * math.log2(max(len(characters), 1)) < LEAST_BITS:
        hint = f"it must be worth {LEAST_BITS} bits: a longer one, or more characters"
        raise SealwardError(f"password:{chosen} of {len(characters)} characters is too weak", hint)
    return Generator(kind=kind, size=chosen, alphabet=characters)


def vault_policy(name: str) -> Generator:
    """The server makes the value by its password policy. Raises SealwardError for an impossible name."""
    if not re.fullmatch(r"[\w.-]+", name, re.ASCII):
        raise SealwardError("the generator vault-policy needs the name of a password policy", HINT)
    return Generator(kind="vault-policy", name=name)


def check(spec: str) -> None:
    """Raises SealwardError, which says what there is, unless ``parse`` accepts the spec."""
    parse(spec)


def generate(spec: str | Generator) -> Plaintext:
    """One new value by a kind that needs nothing but random bytes: ``hex``, ``base64``, ``password``,
    ``uuid``. Raises SealwardError for any other."""
    generator = parse(spec) if isinstance(spec, str) else spec
    if generator.kind == "hex":
        text = secrets.token_hex(generator.size)
    elif generator.kind == "base64":
        text = base64.b64encode(secrets.token_bytes(generator.size)).decode()
    elif generator.kind == "password":
        text = _password(generator.size, generator.alphabet)
    elif generator.kind == "uuid":
        text = str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))
    else:
        raise SealwardError(f"the generator {generator} does not make a single random value", HINT)
    return Plaintext(text.encode())


def _password(length: int, alphabet: str) -> str:
    """Characters drawn evenly; drawn again until every class is there, as most services ask."""
    classes = [string.ascii_lowercase, string.ascii_uppercase, string.digits]
    classes = [*classes, "".join(set(alphabet) - set("".join(classes)))]
    wanted = [set(kind) & set(alphabet) for kind in classes if set(kind) & set(alphabet)]
    while True:
        text = "".join(secrets.choice(alphabet) for _ in range(length))
        if all(set(text) & kind for kind in wanted):
            return text


def _unknown(text: str) -> SealwardError:
    return SealwardError(f"no generator is called {text.partition(':')[0]!r} like this", HINT)
