"""The data key of one stanza: opened where Go's age opens it, and refused where that refuses."""

from __future__ import annotations

import hmac
import os
from base64 import b64encode
from hashlib import sha256

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sealward.sops.reading.data_key import unwrap
from sealward.sops.reading.identities import Identities

KEY = bytes(range(32))
ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


@pytest.fixture
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


def derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(secret)


def public_bytes(recipient: str) -> bytes:
    """What Bech32 holds: 32 bytes in groups of five bits, without the checksum."""
    number = 0
    for letter in recipient.removeprefix("age1")[:-6]:
        number = number << 5 | ALPHABET.index(letter)
    return (number >> 4).to_bytes(32, "big")


def age_file(recipient: str, more: bytes) -> str:
    """An armored age file for a recipient that holds KEY, with ``more`` in its header, authenticated."""
    mine, theirs = X25519PrivateKey.generate(), public_bytes(recipient)
    share = mine.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    shared = mine.exchange(X25519PublicKey.from_public_bytes(theirs))
    file_key, nonce = os.urandom(16), os.urandom(16)
    wrap = derived(shared, share + theirs, b"age-encryption.org/v1/X25519")
    body = ChaCha20Poly1305(wrap).encrypt(bytes(12), file_key, None)

    def text(data: bytes) -> bytes:
        return b64encode(data).rstrip(b"=")

    header = b"age-encryption.org/v1\n-> X25519 " + text(share) + b"\n" + text(body) + b"\n" + more + b"---"
    mac = hmac.digest(derived(file_key, b"", b"header"), header, sha256)
    stream = ChaCha20Poly1305(derived(file_key, nonce, b"payload"))
    payload = nonce + stream.encrypt(bytes(11) + b"\1", KEY, None)
    lines = b64encode(header + b" " + text(mac) + b"\n" + payload).decode()
    rows = [lines[at : at + 64] for at in range(0, len(lines), 64)]
    return "\n".join(["-----BEGIN AGE ENCRYPTED FILE-----", *rows, "-----END AGE ENCRYPTED FILE-----", ""])


@pytest.mark.parametrize("more", [b"", b"-> grease\n\n", b"-> grease a b\nAAAA\n"])
def test_what_age_opens_is_opened(identity: pyrage.x25519.Identity, more: bytes) -> None:
    made = age_file(str(identity.to_public()), more)
    assert unwrap(made, Identities([identity], problems=[])) == KEY


def test_a_stanza_without_a_body_is_refused_though_pyrage_opens_it(
    identity: pyrage.x25519.Identity,
) -> None:
    made = age_file(str(identity.to_public()), b"-> grease\n")
    assert pyrage.decrypt(made.encode(), [identity]) == KEY
    assert unwrap(made, Identities([identity], problems=[])) is None


@pytest.mark.parametrize("around", ["\n{}", "  {}\n\n", "\r\n\t{}  "])
def test_white_space_around_the_armor_is_nothing(identity: pyrage.x25519.Identity, around: str) -> None:
    made = around.format(age_file(str(identity.to_public()), b""))
    assert unwrap(made, Identities([identity], problems=[])) == KEY


def test_a_share_has_one_byte_more(identity: pyrage.x25519.Identity) -> None:
    made = age_file(str(identity.to_public()), b"")
    assert unwrap(made, Identities([identity], problems=[]), share=True) is None
