"""A policy as the server takes it: rules, capabilities, and every reason to refuse it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.policies import policy

if TYPE_CHECKING:
    from sealward.config import Dialect


@pytest.mark.parametrize(
    ("text", "place", "reason", "hint"),
    [
        ('path "a" { capabilities = ["write"] }', (1, 28), "no capability `write`", "update"),
        ('path "a" { capabilities = ["Read"] }', (1, 28), "no capability `Read`", "read"),
        ('path "a" { capabilities = "read" }', (1, 27), "must be a list", '["read"]'),
        ('path "a" {\n  capability = ["read"]\n}', (2, 3), "no `capability`", "`capabilities`"),
        ('path "a/+*" {}', (1, 6), "`+*` is forbidden", "whole segment"),
        ('paths "a" {}', (1, 1), "no `paths`", "`path`"),
        ('path "a" { min_wrapping_ttl = "2h" max_wrapping_ttl = "1h" }', (1, 36), "is less", ""),
        ('path "a" { max_wrapping_ttl = "1 week" }', (1, 31), "must be a duration", ""),
        ('path "a" { expiration = "tomorrow" }', (1, 25), "must be a time", ""),
        ('path "a" { expiration = "2030-02-30T00:00:00Z" }', (1, 25), "must be a time", ""),
        ('path "a" { allowed_parameters = { "x" = "y" } }', (1, 41), "must be a list", ""),
        ('path "a" { policy = "admin" }', (1, 21), "no `policy", ""),
        ('path "{{identity.entity.id}" {}', (1, 6), "do not pair", ""),
        ("", (1, 1), "is empty", ""),
        ('path "a" {', (1, 10), "not closed", ""),
    ],
)
def test_refused(text: str, place: tuple[int, int], reason: str, hint: str) -> None:
    (problem,) = policy.read(text.encode()).problems
    assert (tuple(problem.at), reason in problem.reason, hint in problem.hint) == (place, True, True), problem


@pytest.mark.parametrize(
    ("name", "refused_by"),
    [("recover", "openbao"), ("subscribe", "openbao"), ("scan", "vault"), ("read", "")],
)
def test_a_capability_of_one_server_is_refused_by_the_other_and_by_neither_without_a_dialect(
    name: str, refused_by: str
) -> None:
    text = f'path "a" {{ capabilities = ["{name}"] }}'.encode()
    dialects: tuple[Dialect, ...] = ("openbao", "vault", "")
    assert [one for one in dialects if policy.read(text, one).problems] == [
        one for one in (refused_by,) if one
    ]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ('capabilities = ["read"] capabilities = ["list"]', "read list"),
        ('policy = "read"', "read list"),
        ('policy = "write" capabilities = ["sudo"]', "create read update delete list sudo"),
        ('capabilities = ["read", "deny"]', "deny"),
        ("capabilities = []", ""),
        ("capabilities {}", ""),
        ("", ""),
    ],
)
def test_what_a_rule_grants(body: str, names: str) -> None:
    (rule,) = policy.read(f'path "a" {{ {body} }}'.encode()).rules
    assert rule.names == frozenset(names.split())


def test_rules_of_one_pattern_unite_and_deny_wins() -> None:
    text = (
        'path "a" { policy = "read" }\npath "/a" { capabilities = ["patch"] }\npath "b" { policy = "deny" }\n'
    )
    rules = policy.read((text + 'path "b" { policy = "read" }').encode()).rules
    found = {one.text: names for one, names in policy.merged(rules).items()}
    assert found == {"a": {"read", "list", "patch"}, "b": {"deny"}}


def test_where_rules_stand_and_what_else_they_say() -> None:
    text = '# c\n  path "a/{{ identity.entity.id }}" "b" {\n  allowed_parameters = { x = [] }\n  expiration = 9 }'
    (rule,) = policy.read(text.encode()).rules
    assert (tuple(rule.at), rule.templates, rule.labels[0].text) == ((2, 3), ["identity.entity.id"], "b")
    assert (rule.allowed, rule.expires) == (frozenset({"x"}), 9)
    assert policy.in_force([rule], 10) == []
    assert policy.in_force([rule], 8) == [rule] == policy.in_force([rule])


@pytest.mark.parametrize(
    ("field", "known"),
    [
        ("identity.entity.id", True),
        ("identity.entity.metadata.team", True),
        ("identity.entity.aliases.auth_jwt_1.metadata.repository_id", True),
        ("identity.groups.names.ops.id", True),
        ("identity.entity.team", False),
        ("identity.entity.aliases.metadata.x", False),
        ("entity.id", False),
    ],
)
def test_templates(field: str, known: bool) -> None:
    assert policy.known_template(field) is known


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"path \xff",
        b"a" * (policy.LARGEST + 1),
        b"\xef\xbb\xbfpath a {}",
        b"{" * 5000,
        b"[" * 5000,
    ],
)
def test_whatever_it_is_it_is_refused_in_one_line(data: bytes) -> None:
    found = policy.read(data)
    assert len(found.problems) == 1
    assert "\n" not in found.problems[0].reason
    assert policy.entries(data) is None
