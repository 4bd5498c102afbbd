"""New key pairs: Ed25519 for SSH, X25519 for age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.plaintext import Plaintext

if TYPE_CHECKING:
    from collections.abc import Sequence


def ssh_ed25519() -> tuple[Plaintext, Plaintext]:
    """(private key in OpenSSH's PEM form, public key as one line of ``authorized_keys``)."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    line = private.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return Plaintext(pem), Plaintext(line)


def age() -> tuple[Plaintext, Plaintext]:
    """(identity ``AGE-SECRET-KEY-1…``, recipient ``age1…``)."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    return Plaintext(str(identity).encode()), Plaintext(str(identity.to_public()).encode())


def for_keys(pair: tuple[Plaintext, Plaintext], keys: Sequence[str]) -> dict[str, Plaintext]:
    """The halves of a pair by key of the secret: a name with ``public`` or ``recipient`` in it, or that
    ends in ``pub``, gets the public half. Raises SealwardError unless one key gets the private half."""
    values = {key: pair[is_public(key)] for key in keys}
    private = [key for key in keys if not is_public(key)]
    if len(private) != 1:
        hint = "rotate one private key, alone or with its public key (such as private_key, public_key)"
        raise SealwardError(f"a key pair has one private half, and {len(private)} keys ask for it", hint)
    return values


def is_public(key: str) -> bool:
    """Whether a key's name asks for the public half."""
    name = key.lower()
    return "public" in name or "recipient" in name or name.endswith("pub")
