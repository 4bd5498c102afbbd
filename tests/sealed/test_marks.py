"""Are these bytes sealed? The cheap question is never wrong where it says no."""

from __future__ import annotations

import pytest

from sealward.document import parse
from sealward.sealed.marks import are_sealed, is_sealed, is_torn, looks_sealed
from tests.support.examples import expand

SEALED = expand("a: ENC[…]\nsops: …\n")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", SEALED),
        ("a.json", expand('{"a": "ENC[…]", "sops": …}')),
        ("notes", SEALED),
        ("two.yaml", f"a: b\n---\n{SEALED}"),
    ],
)
def test_sealed(name: str, text: str) -> None:
    data = text.encode()
    assert looks_sealed(data)
    assert is_sealed(parse(name, data))
    assert are_sealed(name, data)


@pytest.mark.parametrize(
    ("name", "text", "looks"),
    [
        ("a.yaml", "a: b\n", False),
        ("a.yaml", "sops: installed on the mac\n", True),
        ("README.md", "a sealed value is ENC[AES256_GCM,data:…] under sops\n", True),
        ("a.yaml", expand("a: ENC[…]\n"), True),
        ("a.yaml", "", False),
    ],
)
def test_not_sealed(name: str, text: str, looks: bool) -> None:
    assert looks_sealed(text.encode()) is looks
    assert not are_sealed(name, text.encode())


@pytest.mark.parametrize(
    ("text", "torn"),
    [
        (SEALED.replace("sops: ", "sops: ["), True),
        ("<<<<<<< ours\n" + SEALED + ">>>>>>> theirs\n\t", True),
        (SEALED, False),
        ("a: [\n", False),
    ],
)
def test_a_sealed_file_that_was_torn(text: str, torn: bool) -> None:
    assert is_torn(parse("a.yaml", text.encode())) is torn
