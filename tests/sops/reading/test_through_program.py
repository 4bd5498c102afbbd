"""Opened by the program: the same values as in this process, and the same verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.document import parse
from sealward.errors import SealwardError
from sealward.sops.reading.decrypted import Mac
from sealward.sops.reading.decryption import decrypt
from sealward.sops.reading.identities import find
from sealward.sops.reading.through_program import decrypt_with_program

if TYPE_CHECKING:
    from tests.support.sops import Sealer

TEXTS = {
    "s.enc.yaml": "a: x\nn: 5\nf: 1.5\nt: true\ne: ''\nlist: [a, {}]\n",
    "s.enc.json": '{"a": "x", "n": 5, "l": ["y", null]}',
    "s.enc.env": "A=x\nB= y\n",
    "s.enc.ini": "[a]\nk = x\n",
    "s.enc.bin": "any text",
}


@pytest.mark.parametrize("name", TEXTS)
def test_it_reads_what_we_read(name: str, sealer: Sealer) -> None:
    document = parse(name, sealer.seal(name, TEXTS[name]))
    ours, theirs = decrypt(document, find()), decrypt_with_program(document, {"age"})
    assert theirs.accepted
    assert [(one.leaf, one.plaintext, one.encrypted) for one in theirs.values] == [
        (one.leaf, one.plaintext, one.encrypted) for one in ours.values
    ]


def test_a_mac_that_does_not_fit_is_told_with_the_values(sealer: Sealer) -> None:
    data = sealer.seal("s.enc.yaml", "a: x\nb_unencrypted: plain\n").replace(
        b"encrypted: plain", b"encrypted: other"
    )
    found = decrypt_with_program(parse("s.enc.yaml", data), {"age"})
    assert (found.mac, len(found.values)) == (Mac.MISMATCH, 2)


def test_values_that_do_not_open(sealer: Sealer) -> None:
    data = sealer.seal("s.enc.yaml", "a: x\n").replace(b"a: ENC", b"b: ENC")
    found = decrypt_with_program(parse("s.enc.yaml", data), {"age"})
    assert (found.mac, found.values) == (Mac.UNKNOWN, ())


def test_without_a_key(sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
    document = parse("s.enc.yaml", sealer.seal("s.enc.yaml", "a: x\n"))
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    with pytest.raises(SealwardError, match=r"no key at hand opens it; .*age1"):
        decrypt_with_program(document, {"age"})
