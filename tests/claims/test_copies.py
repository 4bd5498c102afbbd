"""A decrypted copy is known by what it is: the key paths and the lengths that the ciphertexts show."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from sealward.claims.copies import fingerprint, holds_secret, is_copy
from sealward.document import parse

if TYPE_CHECKING:
    from tests.support.sops import Sealer

TEXTS = {
    "s.enc.yaml": "db:\n  user: bot\n  password: correct-horse\n  port: 5432\n  tls: true\nlist:\n- one\n- two\n",
    "s.enc.json": '{"db": {"user": "bot", "password": "correct-horse", "port": 5432}, "l": ["one"]}',
    "s.enc.env": "DB_USER=bot\nDB_PASSWORD=correct-horse\n",
    "s.enc.ini": "[db]\nuser = bot\npassword = correct-horse\n",
}


def sealed_and(sealer: Sealer, name: str, text: str) -> bool:
    """Whether a text is a copy of the sealed file of that name."""
    found = fingerprint(parse(name, sealer.seal(name, TEXTS[name])))
    assert found is not None
    return is_copy(parse(name, text.encode()), found)


@pytest.mark.parametrize("name", TEXTS)
def test_a_decryption_is_a_copy(sealer: Sealer, name: str) -> None:
    assert sealed_and(sealer, name, TEXTS[name])


@pytest.mark.parametrize("name", TEXTS)
def test_so_it_is_with_more_keys_and_another_value(sealer: Sealer, name: str) -> None:
    text = TEXTS[name].replace("correct-horse", "wrong---horse")
    assert sealed_and(sealer, name, text)


@pytest.mark.parametrize(
    "text",
    [
        "image: nginx\nreplicas: 2\n",
        "db:\n  user: ${U}\n  password: ${PASSWORD}\n  port: 5432\n  tls: true\nlist:\n- one\n- two\n",
        "db:\n  user: ''\n  password: changeme\n  port: 0\n  tls: false\nlist:\n- a\n- b\n",
        "db:\n  user: bot\n",
        "",
    ],
    ids=["other keys", "template", "example", "a part", "empty"],
)
def test_harmless_twins(sealer: Sealer, text: str) -> None:
    assert not sealed_and(sealer, "s.enc.yaml", text)


def test_one_short_value_proves_nothing(sealer: Sealer) -> None:
    for value, proves in (("bot", False), ("correct-horse", True)):
        found = fingerprint(parse("a.enc.yaml", sealer.seal("a.enc.yaml", f"name: {value}\n")))
        assert found is not None
        assert is_copy(parse("b.yaml", f"name: {value[::-1]}\n".encode()), found) is proves


def test_what_is_not_encrypted_has_no_fingerprint(sealer: Sealer) -> None:
    assert fingerprint(parse("a.yaml", b"a: b\n")) is None
    assert fingerprint(parse("a.enc.yaml", sealer.seal("a.enc.yaml", "a_unencrypted: b\n"))) is None


@pytest.mark.parametrize(
    ("path", "text", "holds"),
    [
        ("2025.dec.yaml", "sales: 3\n", False),
        ("hex2.dec.json", '{"max": 3}', False),
        ("vals.dec.yaml", "password: ref+vault://secret/a#/b\n", False),
        ("s.dec.yaml", "password: correct-horse\n", True),
        ("s.yaml.dec", "password: correct-horse-9\n", True),
        ("s.yaml.dec", "hello: world\n", False),
    ],
)
def test_a_name_alone_is_not_enough(path: str, text: str, holds: bool) -> None:
    assert holds_secret(parse(path, text.encode())) is holds


def test_references_in_base64_are_no_copy_of_a_secret(sealer: Sealer) -> None:
    header = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: "
    for value, copied in ((b"vault:secret/data/x#y#1", False), (b"corr3ct-h0rse-battery", True)):
        text = header + b64encode(value).decode() + "\n"
        found = fingerprint(parse("a.enc.yaml", sealer.seal("a.enc.yaml", text)))
        assert found is not None
        assert is_copy(parse("b.yaml", text.encode()), found) is copied
