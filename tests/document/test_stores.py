"""JSON, dotenv and INI: leaves and metadata as sops reads them."""

from __future__ import annotations

import pytest

from sealward.document import dotted, parse
from sealward.document.model import Mapping, Scalar


@pytest.mark.parametrize(
    ("path", "text", "leaves"),
    [
        ("a.json", '{"a": "b"}', [("a", "b", "str", 1, 7)]),
        ("a.json", '{\n "a": {"b": [1, 2.5, true, null, {}]}}', [
            ("a.b[0]", "1", "int", 2, 14), ("a.b[1]", "2.5", "float", 2, 17),
            ("a.b[2]", "true", "bool", 2, 22), ("a.b[3]", "null", "null", 2, 28),
            ("a.b[4]", "", "empty", 2, 34),
        ]),
        ("a.json", '{"a\\u00fc": "\\n"}', [("aü", "\n", "str", 1, 13)]),
        ("a.json", '{"a": 1, "sops": {"mac": "x"}}', [("a", "1", "int", 1, 7)]),
        ("a.env", "A=1\nB= x = y \n\nC=\n", [
            ("A", "1", "str", 1, 3), ("B", " x = y ", "str", 2, 3), ("C", "", "str", 4, 3),
        ]),
        ("a.env", 'A="q"\n# c\nsops_mac=x\n', [("A", '"q"', "str", 1, 3)]),
        ("a.ini", "[s]\na = 1\nb=2\n[t]\nc = x y\n", [
            ("s.a", "1", "str", 2, 5), ("s.b", "2", "str", 3, 3), ("t.c", "x y", "str", 5, 5),
        ]),
        ("a.ini", "; c\n# d\n[s]\na = 1\n[sops]\nmac = x\n", [("s.a", "1", "str", 4, 5)]),
    ],
)  # fmt: skip
def test_leaves(path: str, text: str, leaves: list[tuple[str, str, str, int, int]]) -> None:
    found = parse(path, text.encode()).leaves
    assert [(dotted(leaf.path), leaf.text, leaf.kind, leaf.line, leaf.column) for leaf in found] == leaves


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


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1,}',
        '{"a" 1}',
        "{'a': 1}",
        '{"a": 01}',
        '{"a": tru}',
        '{"a": "\n"}',
        '{"a": NaN}',
        '{"a": 1',
        "",
    ],
)
def test_what_is_no_json(text: str) -> None:
    document = parse("a.json", text.encode())
    assert [problem.rule for problem in document.problems] == ["invalid-syntax"]
    assert document.parts == ()
