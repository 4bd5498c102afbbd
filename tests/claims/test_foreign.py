"""Ciphertext of other tools, known by its first bytes; and what only looks like it."""

from __future__ import annotations

import pytest

from sealward.claims.foreign import is_encrypted_elsewhere, is_table

ARMOR = b"-----BEGIN %s-----\n"


@pytest.mark.parametrize(
    "data",
    [
        b"age-encryption.org/v1\n-> X25519 abc\n", ARMOR % b"AGE ENCRYPTED FILE", b"Salted__12345678",
        b"U2FsdGVkX1+abcdef\n", ARMOR % b"PGP MESSAGE", b"\n  $ANSIBLE_VAULT;1.1;AES256\n", b"\0GITCRYPT\0\1",
        b"# STRONGBOX ENCRYPTED RESOURCE", b"\x03\xd9\xa2\x9a\x67\xfb", ARMOR % b"PKCS7", ARMOR % b"CMS",
        b"ENC[PKCS7,MIIB]", b"vault:v1:abcd", b"\x85\x01\x0c\x03\xff\xfe",
        b"kind: SealedSecret\nspec:\n  encryptedData: {a: AgB}\n",
        b"aGVsbG8gd29ybGQhaGVsbG8=--aGVsbG8gd29y--aGVsbG8gd29ybGQh\n",
        b"eyJhbGciOiJkaXIifQ..iv1.cipher1.tag1",
    ],
)  # fmt: skip
def test_what_is_encrypted_already(data: bytes) -> None:
    assert is_encrypted_elsewhere(data)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"a: b\n", b"note: Salted__ things\n", b"kind: SealedSecret\nspec: {template: {}}\n",
        b"kind: Secret\nencryptedData: x\n", b"\x85 only ascii".replace(b"\x85", b"E"), b"a--b--c",
        b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig", ARMOR % b"CERTIFICATE",
    ],
)  # fmt: skip
def test_what_is_not(data: bytes) -> None:
    assert not is_encrypted_elsewhere(data)


@pytest.mark.parametrize(
    ("data", "table"), [(b"# Encoding file: koi8-r", True), (b"%!PS\n", True), (b"% psfont", True), (b"a: b", False)]
)  # fmt: skip
def test_tables_of_characters(data: bytes, table: bool) -> None:
    assert is_table(data) is table
