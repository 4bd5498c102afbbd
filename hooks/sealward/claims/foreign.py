"""Files that another tool has encrypted: nothing is left in them for SOPS to seal, whatever their name.

Sources: each format's own magic bytes or first line (age, OpenSSL's ``enc``, OpenPGP, ansible-vault,
git-crypt, Rails' credentials, StrongBox, KeePass, hiera-eyaml, CMS, JWE).
"""

from __future__ import annotations

import re
from operator import or_
from typing import TYPE_CHECKING

from sealward.detectors.placeholders import is_harmless
from sealward.detectors.public_text import is_public_der
from sealward.document import parse

if TYPE_CHECKING:
    from sealward.document import Document

_BEGINNINGS = (
    b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----", b"Salted__", b"U2FsdGVkX1",
    b"-----BEGIN PGP MESSAGE-----", b"$ANSIBLE_VAULT;", b"\0GITCRYPT\0", b"# STRONGBOX ENCRYPTED RESOURCE",
    b"\x03\xd9\xa2\x9a", b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----",
    b"-----BEGIN ENCRYPTED MESSAGE-----", b"ENC[PKCS7,", b"ENC[GPG,", b"AQICAH", b"vault:v1:",
)  # fmt: skip
_RAILS = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}--[A-Za-z0-9+/]{8,}={0,2}--[A-Za-z0-9+/]{8,}={0,2}\s*")
_JWE = re.compile(rb"eyJ[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+\s*")
_SEALED_SECRET = re.compile(rb"(?m)^kind:[ \t]*[\"']?SealedSecret\b")
_TABLES = (b"# Encoding file:", b"%!PS", b"% ", b"%%")
"""Tables of character sets (Tcl, PostScript fonts) have the suffix ``.enc``, too."""

_VALUES = (b"ENC[PKCS7,", b"ENC[GPG,", b"$ANSIBLE_VAULT;")
"""How values begin that hiera-eyaml and ansible-vault encrypt."""

_PGP_PUBLIC = (b"\x98", b"\x99", b"\xc6")
"""First byte of an OpenPGP public key."""

_PGP_PACKETS = frozenset((0x84, 0x85, 0x8C, 0x8D, 0xC1, 0xC3))
"""First bytes of an OpenPGP message: a session key for a public key, or for a passphrase (RFC 4880, 4.2)."""


def is_encrypted_elsewhere(data: bytes) -> bool:
    """Whether the bytes of a file are another tool's ciphertext."""
    start = data.lstrip(b" \t\r\n\xef\xbb\xbf") if data[:1] != b"\0" else data
    if start.startswith(_BEGINNINGS) or (data[:1] and data[0] in _PGP_PACKETS and not data.isascii()):
        return True
    if _SEALED_SECRET.search(data[:4096]):
        return b"encryptedData" in data
    return bool(_RAILS.fullmatch(data.strip()) or _JWE.fullmatch(data.strip()))


def is_encrypted_inside(document: Document, data: bytes) -> bool:
    """Whether another tool encrypts the values of a file one by one, and nothing else in it needs a seal."""
    if not any(mark in data for mark in _VALUES):
        return False
    leaves = document.leaves or parse("values.yaml", data).leaves
    texts = [leaf.text.strip() for leaf in leaves if leaf.kind in ("str", "binary", "tag")]
    encrypted = [text.encode("utf-8", "replace").startswith(_VALUES) for text in texts]
    return any(encrypted) and all(map(or_, encrypted, map(is_harmless, texts)))


def is_public_file(data: bytes) -> bool:
    """Whether a file is there to be given away: a certificate, a public key of OpenPGP."""
    start = data.lstrip()
    return (
        start.startswith(b"-----BEGIN PGP PUBLIC KEY BLOCK-----")
        or data[:1] in _PGP_PUBLIC
        or is_public_der(data)
    )


def is_table(data: bytes) -> bool:
    """Whether a file called ``*.enc`` is a table of characters, and no ciphertext."""
    return data.startswith(_TABLES)
