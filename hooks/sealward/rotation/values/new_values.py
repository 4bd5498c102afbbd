"""New values of a secret's keys, by whichever generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.rotation.values import generators, key_pairs, protocol

if TYPE_CHECKING:
    from sealward.rotation.values.generators import Generator
    from sealward.rotation.values.protocol import Request
    from sealward.vault.client import Client


def new_values(generator: Generator, request: Request, client: Client) -> dict[str, Plaintext]:
    """A new value for each key of the request; Vault is read where the generator needs it, never written.

    Raises SealwardError where a value cannot be made, and for generators of engines (``rotate-role``),
    whose values Sealward never sees.
    """
    if generator.by_engine:
        hint = f"`sealward rotate` asks the engine itself; {request.mount}/{request.path} is not a KV secret"
        raise SealwardError(f"{generator} makes no value of its own", hint)
    if generator.kind == "exec":
        current = (
            client.read(request.mount, request.path, request.version).values if generator.current else None
        )
        return protocol.make(generator, request, current)
    if generator.kind in ("ssh-ed25519", "age"):
        pair = key_pairs.age() if generator.kind == "age" else key_pairs.ssh_ed25519()
        return key_pairs.for_keys(pair, request.keys)
    return {key: _one(generator, key, request, client) for key in request.keys}


def _one(generator: Generator, key: str, request: Request, client: Client) -> Plaintext:
    if generator.kind == "prompt":
        return _prompt(f"new value of {request.mount}/{request.path}#{key}: ")
    if generator.kind == "vault-policy":
        made = client.get(f"sys/policies/password/{generator.name}/generate").get("password")
        if not isinstance(made, str) or not made:
            hint = "`bao read sys/policies/password/NAME/generate` shows what it makes"
            raise SealwardError(f"the password policy {generator.name} made no password", hint)
        return Plaintext(made.encode())
    return generators.generate(generator)


def _prompt(question: str) -> Plaintext:
    """A value that a person types, twice, without echo."""
    import getpass
    import sys

    if not sys.stdin.isatty():
        raise SealwardError("the generator prompt needs a terminal", "or pipe the value: --value-stdin")
    try:
        value = Plaintext(getpass.getpass(question).encode())
        again = Plaintext(getpass.getpass("the same again: ").encode())
    except EOFError:
        raise SealwardError("no value was given", "nothing was changed") from None
    if not value.text().strip() or value != again:
        raise SealwardError("the value is empty, or was not typed the same twice", "nothing was changed")
    return value
