from __future__ import annotations

import os
from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sealward.plaintext import Plaintext
from sealward.sops.reading.opening import Opener, Refused

KEY = bytes(range(32))
OPENER = Opener(Plaintext(KEY))


def _seal(plain: str, kind: str, data: str = "a:", nonce: int = 32) -> str:
    iv = os.urandom(nonce)
    sealed = AESGCM(KEY).encrypt(iv, plain.encode(), data.encode())
    fields = [b64encode(field).decode() for field in (sealed[:-16], iv, sealed[-16:])]
    return "ENC[AES256_GCM,data:{},iv:{},tag:{},type:{}]".format(*fields, kind)


@pytest.mark.parametrize(
    ("kind", "plain", "canonical"),
    [
        ("str", "grün", "grün"), ("comment", " note", " note"), ("int", "007", "7"), ("int", "-5", "-5"),
        ("float", "1.50", "1.5"), ("float", "+Inf", "+Inf"), ("float", "1e3", "1000"), ("bool", "t", "True"),
        ("bool", "0", "False"), ("time", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
    ],
)  # fmt: skip
def test_types(kind: str, plain: str, canonical: str) -> None:
    opened = OPENER.open(_seal(plain, kind), "a:")
    assert (opened.kind, opened.plaintext.text()) == (kind, canonical)


@pytest.mark.parametrize(
    ("kind", "plain"),
    [("int", "1.5"), ("int", "9223372036854775808"), ("int", "x"), ("float", "x"), ("float", " 1"),
     ("bool", "yes"),
     ("time", "2024-02-30T00:00:00Z"), ("time", "2024-02-29"), ("bytes", "x"), ("list", "x")],
)  # fmt: skip
def test_plaintext_that_is_not_of_its_type(kind: str, plain: str) -> None:
    with pytest.raises(Refused, match="type"):
        OPENER.open(_seal(plain, kind), "a:")


@pytest.mark.parametrize(
    ("text", "data", "reason"),
    [
        ("plain", "a:", "malformed"), (" " + _seal("x", "str"), "a:", "malformed"),
        ("ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]", "a:", "malformed"),
        (_seal("x", "str"), "b:", "authentication"),
        (_seal("x", "str", nonce=12)[:-9] + ",type:str]", "a:", "malformed"),
    ],
    ids=["plain", "blank", "no base64", "other place", "short nonce"],
)  # fmt: skip
def test_refused(text: str, data: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        OPENER.open(text, data)


def test_what_the_program_tolerates_is_opened_too() -> None:
    assert OPENER.open(_seal("x", "str") + " tail", "a:").plaintext.text() == "x"
    assert OPENER.open(_seal("x", "str", nonce=12), "a:").plaintext.text() == "x"
    assert OPENER.open("", "a:").plaintext.text() == ""
