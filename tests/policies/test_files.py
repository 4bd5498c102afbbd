"""Which files are policies, and whose."""

from __future__ import annotations

import pytest

from sealward.config import DEFAULT, load
from sealward.finding import Place
from sealward.policies import files
from sealward.references.syntax import find_all
from sealward.sealed.contents import Found


@pytest.mark.parametrize(
    ("path", "data", "is_one"),
    [
        ("vault/x.hcl", 'path "a" {}', True),
        ("vault/x.hcl", 'Path "a" {}', True),
        ("vault/x.hcl", 'paths "a" {}', True),
        ("vault/x.hcl", 'path "a" {', True),
        ("vault/bot.hcl", "", True),
        ("vault/bot.hcl", "= {", True),
        ("vault/x.hcl", "", False),
        ("vault/x.hcl", "# to come\n", False),
        ("vault/config.hcl", 'listener "tcp" {}\nui = true', False),
        ("vault/nomad.hcl", 'namespace "default" { policy = "read" }', False),
        ("vault/consul.hcl", 'key_prefix "x" { policy = "read" }', False),
        ("vault/x.json", '{"path": {"a": {"capabilities": ["read"]}}}', True),
        ("vault/x.json", '{"path": {"a": {"capabilities": ["read"]}}', True),
        ("vault/role.json", '{"role_type": "jwt"}', False),
        ("vault/role.json", '{"role_type": "jwt"', False),
        ("vault/list.json", "[1, 2]", False),
    ],
)
def test_by_content(path: str, data: str, is_one: bool) -> None:
    assert files.is_policy(path, data.encode(), DEFAULT) is is_one


SETTINGS = load(
    ".sealward.yaml",
    b"""
policies:
  policies/x.hcl: {role: auditor, name: team-x}
  vault/bot.hcl: {role: rotator, references: ["*.enc.yaml#keys.**"]}
""",
)


@pytest.mark.parametrize(
    ("path", "role", "name"),
    [
        ("vault/bot.hcl", "rotator", "bot"),
        ("policies/x.hcl", "ci", "team-x"),
        ("vault/deploy.hcl", "reader", "deploy"),
        ("vault/team/rotator.json", "rotator", "rotator"),
        ("vault/admin.hcl", None, "admin"),
    ],
)
def test_whose(path: str, role: str | None, name: str) -> None:
    assert files.role_of(path, SETTINGS) == role
    assert files.name_of(path, SETTINGS) == name


@pytest.mark.parametrize(
    ("path", "asked", "may_be"),
    [
        ("vault/x.hcl", False, True),
        ("policies/x.hcl", False, True),
        ("policies/y.hcl", False, False),
        ("policies/y.hcl", True, True),
        ("vault/rotation.yaml", True, False),
        ("notvault/x.hcl", False, False),
        ("x.json", True, False),
    ],
)
def test_by_path(path: str, asked: bool, may_be: bool) -> None:
    assert SETTINGS.may_be_policy(path, asked) is may_be


def test_which_references_are_a_policys() -> None:
    found = [
        Found(Place("s.enc.yaml", 1, 1, key), one)
        for key in ("keys.a", "other.b")
        for one in find_all("vault:secret/data/a#b")
    ]
    assert files.references_of("vault/bot.hcl", SETTINGS, found) == found[:1]
    assert files.references_of("policies/x.hcl", SETTINGS, found) == found
    assert [files.is_narrowed(path, SETTINGS) for path in ("vault/bot.hcl", "policies/x.hcl")] == [
        True,
        False,
    ]
