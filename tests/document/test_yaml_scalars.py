"""Kinds of YAML scalars, as go-yaml resolves them."""

from __future__ import annotations

import pytest

from sealward.document import parse


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", "int"),
        ("0x1F", "int"),
        ("0o17", "int"),
        ("1_000", "int"),
        ("1.5", "float"),
        ("1e3", "float"),
        (".inf", "float"),
        ("true", "bool"),
        ("False", "bool"),
        ("yes", "str"),
        ("on", "str"),
        ("~", "null"),
        ("", "null"),
        ("null", "null"),
        ("'1'", "str"),
        ('"true"', "str"),
        ("!!str 1", "str"),
        ("!!binary aGk=", "binary"),
        ("2001-12-14", "time"),
        ("1:30", "str"),
        ("{}", "empty"),
        ("[]", "empty"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert [leaf.kind for leaf in parse("a.yaml", f"a: {text}\n".encode()).leaves] == [kind]
