"""Kinds of YAML scalars, as go-yaml resolves them."""

from __future__ import annotations

import pytest

from sealward.document import parse
from sealward.document.yaml_scalars import kind_of


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


@pytest.mark.parametrize(
    ("text", "plain", "tag", "kind"),
    [
        ("012", True, None, "int"),
        ("089", True, None, "float"),
        ("-.inf", True, None, "float"),
        ("1e400", True, None, "str"),
        ("2001-12-14t21:59:43.10-05:00", True, None, "time"),
        ("2001-12", True, None, "str"),
        ("5", False, None, "str"),
        ("x", True, "!", "str"),
        ("x", True, "!mine", "tag"),
        ("5", True, "tag:yaml.org,2002:float", "float"),
        ("x", True, "tag:yaml.org,2002:int", None),
        ("", True, "tag:yaml.org,2002:int", "null"),
        ("aGk=", True, "tag:yaml.org,2002:binary", "binary"),
        ("@", True, "tag:yaml.org,2002:binary", None),
    ],
)
def test_kind_of(text: str, plain: bool, tag: str | None, kind: str | None) -> None:
    assert kind_of(text, plain, tag) == kind
