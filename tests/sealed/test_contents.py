"""What a file holds: decrypted where there is a key, else what stands in clear; references with places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.document import dotted, parse
from sealward.sealed.contents import found, values
from sealward.sops.reading.decryption import decrypt
from sealward.sops.reading.identities import find
from tests.support.examples import expand

if TYPE_CHECKING:
    from tests.support.sops import Sealer

TEXT = "a: vault:secret/data/x#k#1\n# note\nb: 5\nc_unencrypted: ${vault:secret/data/x#l#2}\nd: ''\ne: []\n"


def test_with_a_key_every_value_is_read(sealer: Sealer) -> None:
    document = parse("s.enc.yaml", sealer.seal("s.enc.yaml", TEXT))
    held = tuple(values(document, decrypt(document, find())))
    assert [(dotted(one.leaf.path), one.kind, one.encrypted) for one in held] == [
        ("a", "str", True), ("b", "int", True), ("c_unencrypted", "str", False), ("d", "str", False),
        ("e", "empty", False),
    ]  # fmt: skip
    assert [(one.place.key_path, one.place.line, one.reference.key) for one in found(document, held)] == [
        ("a", 1, "k"), ("c_unencrypted", 4, "l"),
    ]  # fmt: skip


def test_without_a_key_what_stands_in_clear() -> None:
    sealed = parse(
        "s.enc.yaml", expand("a: ENC[…]\nb_unencrypted: vault:secret/data/x#k#1\nsops: …\n").encode()
    )
    assert [dotted(one.leaf.path) for one in values(sealed, None)] == ["b_unencrypted"]
    plain = parse("a.yaml", b"a: ENC[no\nb: 5\n")
    assert [dotted(one.leaf.path) for one in values(plain, None)] == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "wanted"), [("5", 0), ("vault:secret/data/x#k", 1), ("!mine vault:secret/data/x#k", 1)]
)
def test_only_text_refers(kind: str, wanted: int) -> None:
    document = parse("a.yaml", f"a: {kind}\n".encode())
    assert len(list(found(document, tuple(values(document, None))))) == wanted


def test_a_text_that_sops_takes_for_null_is_a_value_all_the_same(sealer: Sealer) -> None:
    text = sealer.seal("s.enc.yaml", "a: b\n").decode()
    document = parse("s.enc.yaml", f"extra: !!null hunter2\n{text}".encode())
    held = list(values(document, decrypt(document, find())))
    assert [(dotted(one.leaf.path), one.encrypted) for one in held] == [("extra", False), ("a", True)]
