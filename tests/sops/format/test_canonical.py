from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.document import parse
from sealward.sops.format.canonical import canonical, go_float

YAML = [
    ("text", b"text"), ('"5"', b"5"), ("yes", b"yes"), ("grün", "grün".encode()),
    ("''", b""), ("1:30", b"1:30"),
    ("~", None), ("null", None), ("{}", None), ("[]", None), ("", None),
    ("true", b"True"), ("TRUE", b"True"), ("False", b"False"),
    ("1000", b"1000"), ("1_000", b"1000"), ("+1", b"1"), ("-0", b"0"), ("012", b"10"), ("-012", b"-10"),
    ("0o17", b"15"), ("0x1F", b"31"), ("-0x1F", b"-31"), ("0b101", b"5"), ("0_7", b"7"),
    ("9223372036854775807",) * 2,
    ("100000000000000000000",) * 2, ("18446744073709551616", b"18446744073709552000"),
    ("0xFFFFFFFFFFFFFFFFF",) * 2, ("0777777777777777777777777", b"777777777777777800000000"),
    ("089", b"89"), ("1.0", b"1"), ("1.50", b"1.5"), ("1e3", b"1000"), ("1e21", b"1000000000000000000000"),
    ("1e-7", b"0.0000001"), (".5", b"0.5"), ("5.", b"5"), ("1_0.5", b"10.5"), ("-0.0", b"-0"), ("1e400",) * 2,
    (".inf", b"+Inf"), ("-.inf", b"-Inf"), (".nan", b"NaN"),
    ("2001-12-14", b"2001-12-14T00:00:00Z"), ("2001-1-2", b"2001-01-02T00:00:00Z"), ("2001-02-29",) * 2,
    ("2001-12-14t21:59:43.10-05:00", b"2001-12-14T21:59:43.1-05:00"),
    ("2001-12-14 21:59:43", b"2001-12-14T21:59:43Z"),
    ("2001-12-14T21:59:43+00:00", b"2001-12-14T21:59:43Z"), ("2001-12-14T21:59:43",) * 2,
    ("2001-12-14 21:59:43Z",) * 2, ("2001-12-14T24:00:00Z",) * 2,
    ("2001-12-14T21:59:43.1234567891Z", b"2001-12-14T21:59:43.123456789Z"),
    ("!!str 5", b"5"), ('!!int "5"', b"5"), ("!!float 3", b"3"), ("!!float 010", b"8"),
    ("!!binary aGVsbG8=", b"hello"),
]  # fmt: skip
"""Each of these was compared with the MAC that sops itself computes."""

JSON = [
    ("5", b"5"), ("5.0", b"5"), ("1e3", b"1000"), ("1.5E-7", b"0.00000015"), ("-0", b"-0"),
    ("12345678901234567890", b"12345678901234567000"), ("true", b"True"), ("null", None), ("[]", None),
    (r'"\ud800 x"', "\ufffd x".encode()), (r'"\u00e9\n"', "é\n".encode()),
]  # fmt: skip


@pytest.mark.parametrize(("spelling", "expected"), YAML)
def test_yaml(spelling: str, expected: str | bytes | None) -> None:
    leaf = parse("x.yaml", f"key: {spelling}\n".encode()).leaves[0]
    assert canonical(leaf, "yaml") == (expected.encode() if isinstance(expected, str) else expected)


@pytest.mark.parametrize(("spelling", "expected"), JSON)
def test_json(spelling: str, expected: bytes | None) -> None:
    leaf = parse("x.json", f'{{"key": {spelling}}}'.encode()).leaves[0]
    assert canonical(leaf, "json") == expected


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("x.env", "A=1e3\n", b"1e3"),
        ("x.env", "A=a\\nb\n", b"a\nb"),
        ("x.env", "A=\n", b""),
        ("x.ini", "a = true\n", b"true"),
    ],
)
def test_flat_stores_hold_text(path: str, text: str, expected: bytes) -> None:
    document = parse(path, text.encode())
    assert canonical(document.leaves[0], document.store) == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_survives_its_canonical_form(value: float) -> None:
    text = go_float(value)
    assert float(text) == value
    assert "e" not in text


def test_the_test_vector_of_the_mac() -> None:
    values = ["hunter2", "5432", "1.50", "true", "2024-02-29", "alpha", "beta", "hi"]
    document = parse("x.yaml", "".join(f"- {value}\n" for value in values).encode())
    data = b"".join(canonical(leaf, "yaml") or b"" for leaf in document.leaves)
    assert hashlib.sha512(data).hexdigest().upper().startswith("0DC79E0665420A7F943C9879C5154A9E")
