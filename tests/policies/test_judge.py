"""What is wrong with a policy; tests/checks/test_vault_policies.py has the table of mistakes."""

from __future__ import annotations

import pytest

from sealward.policies import judge, policy
from sealward.policies.acl import pattern
from sealward.policies.judge import Held


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("secret/bot", "secret/data/bot"),
        ("secret/bot/*", "secret/data/bot/*"),
        ("kv/team/bot", "kv/team/data/bot"),
        ("secret/data/bot", ""),
        ("secret/metadata/bot", ""),
        ("secret/*", ""),
        ("secret/da*", ""),
        ("secret/+/bot", ""),
        ("secret/config", ""),
        ("other/bot", ""),
        ("secret/{{identity.entity.id}}/x", ""),
    ],
)
def test_data_is_missing(text: str, right: str) -> None:
    found = judge.with_data(pattern(text), ("secret", "kv/team"))
    assert (found[1] if found else "") == right


@pytest.mark.parametrize(
    ("path", "capabilities", "rules"),
    [
        ("auth/token/create", '"update"', ["policy-dangerous"]),
        ("auth/+/role/*", '"create"', ["policy-dangerous"]),
        ("identity/entity", '"update"', ["policy-dangerous"]),
        ("sys/raw/core", '"read"', ["policy-dangerous"]),
        ("transit/export/encryption-key/ci", '"read"', ["policy-dangerous"]),
        ("*", '"update"', ["policy-dangerous"]),
        ("sys/*", '"update"', ["policy-dangerous"]),
        ("sys/policies/acl/bot", '"read"', []),
        ("sys/mounts", '"read"', []),
        ("auth/token/create", '"deny"', []),
        ("auth/token/renew-self", '"update"', []),
        ("secret/data/export/x", '"read"', []),
        ("secret/data/identity", '"read"', []),
    ],
)
def test_powers_over_the_server(path: str, capabilities: str, rules: list[str]) -> None:
    read = policy.read(f'path "{path}" {{ capabilities = [{capabilities}] }}'.encode())
    assert [one.rule for one in judge.alone(Held("vault/bot.hcl", read, "reader"))] == rules
    assert list(judge.alone(Held("vault/admin.hcl", read, None))) == []


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ('path {}', False),
        ('path "" {}', False),
        ('path "a/*/b" {}', False),
        ('path "a+" {}', False),
        ('path "a/+b/c" {}', False),
        ('path "v1/a" {}', False),
        ('path "//a" {}', False),
        ('path "a/b/" { capabilities = ["read"] }', False),
        ('path "a/b/" { capabilities = ["list"] }', True),
        ('path "a/+/b" {}', True),
        ('path "a/b+c" {}', True),
        ('path "/a" {}', True),
        ('path "a*" {}', True),
        ('path "{{identity.entity.name}}" {}', True),
    ],
)  # fmt: skip
def test_what_never_matches(text: str, silent: bool) -> None:
    said = list(judge.alone(Held("vault/x.hcl", policy.read(text.encode()), None)))
    assert [one.rule for one in said] == ([] if silent else ["policy-never-matches"])


def test_an_expiration_is_one_only_with_a_clock() -> None:
    held = Held("vault/x.hcl", policy.read(b'path "a" {\n expiration = 9 }'), None)
    assert list(judge.alone(held)) == [] == list(judge.alone(held, 8))
    (finding,) = judge.alone(held, 10)
    assert (finding.rule, finding.place.line) == ("policy-never-matches", 2)
