"""Values of sealed files → pieces that can be deployed, and what cannot be."""

from __future__ import annotations

from base64 import b64encode

import pytest

from sealward.deploy import values
from sealward.deploy.wanted import pin
from sealward.errors import SealwardError
from sealward.finding import Place
from sealward.plaintext import Plaintext

AT = Place("s.enc.yaml", 3, 5, "a.b")


def shown(text: str) -> list[str]:
    """The pieces: references as pins, literals in quotes."""
    pieces = values.entry(AT, text).pieces
    return [repr(one.text()) if isinstance(one, Plaintext) else pin(one) for one in pieces]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("plain", ["'plain'"]),
        (" ", ["' '"]),
        ("vault:secret/data/bot#key#7", ["secret/bot#key#7"]),
        ("${vault:secret/data/bot#key#7}", ["secret/bot#key#7"]),
        ("postgres://u:${vault:secret/data/db#p#3}@h/x", ["'postgres://u:'", "secret/db#p#3", "'@h/x'"]),
        ("<path:secret/data/bot#key#2>", ["secret/bot#key#2"]),
        ("ref+vault://secret/bot?version=4#/key", ["secret/bot#key#4"]),
        ("vault:database/static-creds/app#password", ["database/static-creds/app#password"]),
        ("the vault: is a word", ["'the vault: is a word'"]),
    ],
)
def test_pieces(text: str, pieces: list[str]) -> None:
    assert shown(text) == pieces


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("vault:secret/data/bot#key", "secret/bot#key has no pin"),
        ("vault:database/creds/app#password", "makes a new credential at each reading; its lease would end"),
        ("vault:pki/cert/ca#certificate", "has no versions that a pin could name"),
        ("vault:secret/data/bot#${.a}-${.b}#3", "computes a value"),
        ('>>vault:secret/data/bot#key#{"a":1}', "writes to Vault"),
        ("<path:secret/data/bot#key#2 | base64encode>", "has a modifier"),
        ('{{ with secret "secret/data/bot?version=3" }}{{ .Data.data.key }}{{ end }}', "is a template"),
        ("vault:secret/data/bot#key#7 ", "the reference has stray blanks"),
    ],
)
def test_what_cannot_be_deployed_is_pointed_at(text: str, reason: str) -> None:
    with pytest.raises(SealwardError) as caught:
        values.entry(AT, text)
    assert str(caught.value).startswith("s.enc.yaml:3:5: a.b: ")
    assert reason in str(caught.value)


def test_a_missing_pin_can_be_allowed() -> None:
    assert [pin(one) for one in values.entry(AT, "vault:secret/data/bot#key", unpinned=True).references] == [
        "secret/bot#key"
    ]


def test_data_is_base64_of_a_value_or_a_reference() -> None:
    reference = "vault:secret/data/bot#key#7"
    for text in (reference, b64encode(reference.encode()).decode()):
        assert [pin(one) for one in values.encoded_entry(AT, text).references] == ["secret/bot#key#7"]
    binary = values.encoded_entry(AT, b64encode(b"\xff\0").decode()).pieces[0]
    assert isinstance(binary, Plaintext)
    assert binary.reveal() == b"\xff\0"
    for wrong in ("not base64!", "abc"):
        with pytest.raises(SealwardError, match="is not Base64"):
            values.encoded_entry(AT, wrong)


def test_references_within_json_are_known() -> None:
    assert values.entry(AT, '{"auths": {"x": {"password": "vault:secret/data/r#p#1"}}}').json
    assert not values.entry(AT, "vault:secret/data/r#p#1").json
    assert not values.entry(AT, "{not json ${vault:secret/data/r#p#1}").json


def test_values_of_configuration_as_text() -> None:
    assert values.as_text("bool", "True") == "true"
    assert values.as_text("int", "30") == "30"
    assert values.as_text("null", "") is None
    assert values.as_text("empty", "") is None
