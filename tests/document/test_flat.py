"""Metadata that dotenv and INI write in flat names: one shape for every store."""

from __future__ import annotations

import pytest

from sealward.document import parse
from sealward.document.model import Mapping, Scalar


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
