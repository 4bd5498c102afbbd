"""JSON: leaves as sops reads them, and what is no JSON."""

from __future__ import annotations

import pytest

from sealward.document import dotted, parse


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ('{"a": "b"}', [("a", "b", "str", 1, 7)]),
        ('{\n "a": {"b": [1, 2.5, true, null, {}]}}', [
            ("a.b[0]", "1", "int", 2, 14), ("a.b[1]", "2.5", "float", 2, 17),
            ("a.b[2]", "true", "bool", 2, 22), ("a.b[3]", "null", "null", 2, 28),
            ("a.b[4]", "", "empty", 2, 34),
        ]),
        ('{"a\\u00fc": "\\n"}', [("aü", "\n", "str", 1, 13)]),
        ('{"a": 1, "sops": {"mac": "x"}}', [("a", "1", "int", 1, 7)]),
    ],
)  # fmt: skip
def test_leaves(text: str, leaves: list[tuple[str, str, str, int, int]]) -> None:
    found = parse("a.json", text.encode()).leaves
    assert [(dotted(leaf.path), leaf.text, leaf.kind, leaf.line, leaf.column) for leaf in found] == leaves


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


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [('{"a": 1,\n "a": 2}', "duplicate-key", 2), ('{"a": {"b": 1, "b": 1}}', "duplicate-key", 1), ('{"a": 1}\n{"b": 2}', "hidden-plaintext", 2)],
)  # fmt: skip
def test_what_leaves_it_readable(text: str, rule: str, line: int) -> None:
    document = parse("a.json", text.encode())
    assert [(one.rule, one.line) for one in document.problems] == [(rule, line)]
    assert document.leaves


def test_the_block_of_sops_is_metadata_and_a_value_of_that_name_is_not() -> None:
    assert parse("a.json", b'{"sops": {"mac": "x"}}').metadata is not None
    document = parse("a.json", b'{"sops": "x"}')
    assert document.metadata is None
    assert [dotted(leaf.path) for leaf in document.leaves] == ["sops"]
