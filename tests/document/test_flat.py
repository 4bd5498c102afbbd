"""Metadata that dotenv and INI write in flat names: one shape for every store."""

from __future__ import annotations

import pytest

from sealward.document import parse
from sealward.document.flat import MAX_GAPS, MAX_INDEX, MAX_STEPS, unflatten
from sealward.document.model import Mapping, Scalar, Sequence


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.json", '{"sops": {"mac": "m", "age": [{"recipient": "r"}]}}'),
        ("a.yaml", "sops:\n  mac: m\n  age:\n    - recipient: r\n"),
        ("a.env", "A=1\nsops_mac=m\nsops_age__list_0__map_recipient=r\n"),
        ("a.ini", "[s]\na = 1\n[sops]\nmac = m\nage__list_0__map_recipient = r\n"),
    ],
)
def test_the_metadata_of_every_store_has_one_shape(path: str, text: str) -> None:
    block = parse(path, text.encode()).metadata
    assert isinstance(block, Mapping)
    mac, age = block.get("mac"), block.get("age")
    assert isinstance(mac, Scalar)
    assert mac.text == "m"
    first = age.items[0] if age is not None and not isinstance(age, (Scalar, Mapping)) else None
    assert isinstance(first, Mapping)
    recipient = first.get("recipient")
    assert isinstance(recipient, Scalar)
    assert recipient.text == "r"


def field(text: str) -> Scalar:
    return Scalar(text, "str", 3, 7)


def test_without_fields_there_is_no_metadata() -> None:
    assert unflatten([]) is None


def test_a_list_may_be_named_in_any_order() -> None:
    names = [f"age__list_{number}__map_recipient" for number in (10, 2, 0)]
    tree = unflatten([(name, field(name)) for name in names])
    assert tree is not None
    stanzas = tree.get("age")
    assert isinstance(stanzas, Sequence)
    assert len(stanzas.items) == 11
    first = stanzas.items[2]
    assert isinstance(first, Mapping)
    recipient = first.get("recipient")
    assert isinstance(recipient, Scalar)
    assert recipient.text == names[1]


@pytest.mark.parametrize(
    "name",
    [
        f"age__list_{MAX_INDEX + 1}__map_recipient",
        "a" + "__map_b" * MAX_STEPS,
        "mac__map_x",
    ],
    ids=["index", "steps", "below a text"],
)
def test_a_name_that_fits_nowhere_stays_a_field_of_its_own(name: str) -> None:
    tree = unflatten([("mac", field("m")), (name, field("x"))])
    assert tree is not None
    first = name.partition("__")[0]
    assert [entry.key.text for entry in tree.entries] in (["mac", name], ["mac", first, name])


def test_a_few_bytes_do_not_stand_for_very_many_items() -> None:
    fields = [(f"a{number}__list_{MAX_INDEX}", field("x")) for number in range(3 * MAX_GAPS // MAX_INDEX)]
    tree = unflatten(fields)
    assert tree is not None
    made = [len(entry.value.items) for entry in tree.entries if isinstance(entry.value, Sequence)]
    assert sum(made) <= MAX_GAPS + MAX_INDEX + len(fields)


def test_newlines_are_two_bytes_in_a_flat_value() -> None:
    tree = unflatten([("pgp__list_0__map_enc", field("a\\nb"))])
    assert tree is not None
    stanzas = tree.get("pgp")
    assert isinstance(stanzas, Sequence)
    item = stanzas.items[0]
    assert isinstance(item, Mapping)
    enc = item.get("enc")
    assert isinstance(enc, Scalar)
    assert (enc.text, enc.line, enc.column) == ("a\nb", 3, 7)
