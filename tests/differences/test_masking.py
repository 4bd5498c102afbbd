"""What a diff may show of a value: references, and what can be no secret."""

from __future__ import annotations

import pytest

from sealward.differences.masking import Mask, View
from sealward.document import parse
from sealward.plaintext import Plaintext
from sealward.sops.format.canonical import canonical
from sealward.sops.reading.decrypted import Value

KEY = Plaintext(b"k" * 32)


def value(text: str, key: str = "k") -> Value:
    leaf = parse("x.yaml", f"{key}: {text}\n".encode()).leaves[0]
    return Value(leaf, leaf.kind, Plaintext(canonical(leaf, "yaml") or b""), True)


@pytest.mark.parametrize(
    "text", ["vault:secret/data/bot#key#7", "true", "null", "5432", '""', "2024-01-02T00:00:00Z"]
)
def test_what_is_shown(text: str) -> None:
    shown = Mask(View.REFERENCES, KEY).value(value(text))
    assert shown.lower() == text.lower() or text in ("null", '""')
    assert "<" not in shown


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("hunter2", "k"),
        ("localhost", "host"),
        ("correct horse battery staple", "note"),
        ("postgres://u:hunter2@${vault:secret/data/a#b}/x", "url"),
        ("hunter2 vault:secret/data/bot#key#7", "k"),
        ("4711", "pin"),
    ],
)
def test_what_is_not_shown(text: str, key: str) -> None:
    shown = Mask(View.REFERENCES, KEY).value(value(text, key))
    assert text not in shown
    assert "hunter2" not in shown
    assert shown.startswith("<")


def test_tags_are_equal_for_equal_values_and_say_nothing() -> None:
    mask = Mask(View.REFERENCES, KEY)
    assert mask.value(value("one")) == mask.value(value("one")) != mask.value(value("two"))
    assert mask.value(value("one")) != Mask(View.REFERENCES, Plaintext(b"o" * 32)).value(value("one"))


def test_views() -> None:
    reference = "vault:secret/data/bot#key#7"
    assert Mask(View.MASKED, KEY).value(value(reference)).startswith("<str, 27 bytes, ~")
    assert Mask(View.VALUES, KEY).value(value("hunter2")) == "hunter2"
    assert Mask(View.VALUES, KEY).value(value('"a\\nb"')) == "a\\nb"
