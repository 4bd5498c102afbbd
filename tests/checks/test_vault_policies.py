"""Mistakes in policies that people report, each beside a policy that is right; and the whole command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealward.checks.context import Context
from sealward.checks.vault_policies import Known, judge, judge_together
from sealward.cli import main
from sealward.config import DEFAULT, load
from sealward.document import Document
from sealward.finding import Finding, Place
from sealward.policies.needs import Renewed
from sealward.references.syntax import find_all
from sealward.sealed.contents import Found

if TYPE_CHECKING:
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

REFERENCES = (
    "vault:secret/data/bot/binance#api_key#7",
    "vault:secret/data/bot/kraken#api_key#2",
    "vault:database/creds/bot#username",
)
RENEWED = (
    Renewed("secret/bot/binance", stored=True, line=2),
    Renewed("secret/alerts/*", stored=True, line=5),
    Renewed("database/creds/*", stored=False, line=8),
)
BOT = """\
path "secret/data/bot/binance" { capabilities = ["read"] }
path "secret/data/bot/kraken" { capabilities = ["read"] }
path "database/creds/bot" { capabilities = ["read"] }
"""
CI = """\
path "secret/metadata/bot/binance" { capabilities = ["read"] }
path "secret/metadata/bot/kraken" { capabilities = ["read"] }
path "secret/subkeys/bot/binance" { capabilities = ["read"] }
path "secret/subkeys/bot/kraken" { capabilities = ["read"] }
path "secret/metadata/alerts/+" { capabilities = ["read"] }
path "secret/subkeys/alerts/+" { capabilities = ["read"] }
path "database/roles/+" { capabilities = ["read"] }
path "secret/config" { capabilities = ["read"] }
"""
LIMIT = 'allowed_parameters = { "custom_metadata" = [] }'
ROTATOR = f"""\
path "secret/data/bot/binance" {{ capabilities = ["read", "patch"] }}
path "secret/metadata/bot/binance" {{
  capabilities = ["read", "patch"]
  {LIMIT}
}}
path "secret/data/alerts/+" {{ capabilities = ["read", "update"] }}
path "secret/metadata/alerts/+" {{ capabilities = ["read", "update"] {LIMIT} }}
path "secret/config" {{ capabilities = ["read"] }}
path "database/roles/+" {{ capabilities = ["read"] }}
path "sys/capabilities-self" {{ capabilities = ["update"] }}
"""


def found(*references: str) -> list[Found]:
    return [
        Found(Place("secrets.enc.yaml", line, 1, f"keys[{line}]"), one)
        for line, text in enumerate(references, 1)
        for one in find_all(text)
    ]


def judged(
    path: str, text: str, *, complete: bool = True, references: tuple[str, ...] = REFERENCES
) -> list[Finding]:
    """Everything that is said of one policy."""
    data = text.encode()
    said = list(judge(Document(path, "binary", "", (), ()), Context(data=data, now=1_800_000_000.0)))
    known = Known(found(*references), complete, RENEWED)
    return said + list(judge_together([(path, data)], [], known, DEFAULT))


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


MISTAKES = {
    "data/ is missing (the classic)": ("bot", BOT, "secret/data/bot/kraken", "secret/bot/kraken", "policy-missing-data", 2),
    "a deny without data/ denies nothing": (
        "bot", BOT, 'path "database', 'path "secret/payroll/*" { capabilities = ["deny"] }\npath "database',
        "policy-missing-data", 3,
    ),
    "a narrower rule shadows a wider one": (
        "bot", BOT, 'path "secret/data/bot/binance" { capabilities = ["read"] }',
        'path "secret/data/bot/binance" { capabilities = [] }', "policy-uncovered", 1,
    ),
    "a deny is more specific than the grant": (
        "bot", BOT, 'path "secret/data/bot/kraken" { capabilities = ["read"] }',
        'path "secret/data/bot/kraken" { capabilities = ["deny"] }', "policy-uncovered", 2,
    ),
    "a reference is forgotten": ("bot", BOT, 'path "database/creds/bot" { capabilities = ["read"] }', "", "policy-uncovered", 1),
    "the wrong capability": (
        "bot", BOT, '"secret/data/bot/kraken" { capabilities = ["read"]', '"secret/data/bot/kraken" { capabilities = ["list"]',
        "policy-uncovered", 2,
    ),
    "everything of the mount": ("bot", BOT, "secret/data/bot/binance", "secret/data/*", "policy-too-wide", 1),
    "* where + would do": ("ci", CI, "secret/metadata/bot/kraken", "secret/metadata/bot/*", "policy-too-wide", 2),
    "metadata and data alike": ("bot", BOT, 'path "secret/data/bot/binance"', 'path "secret/*"', "policy-too-wide", 1),
    "every engine": ("bot", BOT, 'path "database/creds/bot"', 'path "+/creds/bot"', "policy-too-wide", 3),
    "a writing reader": (
        "bot", BOT, 'bot/binance" { capabilities = ["read"]', 'bot/binance" { capabilities = ["read", "update"]',
        "policy-too-strong", 1,
    ),
    "sudo": ("bot", BOT, 'creds/bot" { capabilities = ["read"]', 'creds/bot" { capabilities = ["read", "sudo"]', "policy-too-strong", 3),
    "the old shorthand": (
        "bot", BOT, 'bot/binance" { capabilities = ["read"]', 'bot/binance" { policy = "write"', "policy-too-strong", 1,
    ),
    "a rotator that deletes": (
        "rotator", ROTATOR, 'binance" { capabilities = ["read", "patch"]', 'binance" { capabilities = ["read", "patch", "delete"]',
        "policy-too-strong", 1,
    ),
    "a rotator that may lower max_versions": ("rotator", ROTATOR, f"  {LIMIT}\n", "", "policy-too-strong", 2),
    "CI reads values": (
        "ci", CI, 'path "database', 'path "secret/data/bot/binance" { capabilities = ["read"] }\npath "database',
        "policy-too-strong", 7,
    ),
    "CI writes policies": (
        "ci", CI, 'path "database', 'path "sys/policies/acl/*" { capabilities = ["create", "update"] }\npath "database',
        "policy-dangerous", 7,
    ),
    "a rotator that makes tokens": (
        "rotator", ROTATOR, "sys/capabilities-self", "auth/token/create", "policy-dangerous", 10,
    ),
    "* in the middle": ("team", BOT, "secret/data/bot/kraken", "secret/data/*/kraken", "policy-never-matches", 2),
    "the path of the URL": ("bot", BOT, "secret/data/bot/kraken", "v1/secret/data/bot/kraken", "policy-never-matches", 2),
    "capitals": ("bot", BOT, "secret/data/bot/kraken", "secret/data/bot/Kraken", "policy-never-matches", 2),
    "a template that is none": ("team", BOT, "bot/kraken", "{{identity.entity.team}}/kraken", "policy-never-matches", 2),
    "an ended rule": (
        "team", BOT, 'bot" { capabilities = ["read"]', 'bot" { expiration = "2020-01-01T00:00:00Z" capabilities = ["read"]',
        "policy-never-matches", 3,
    ),
    "a slash in a template": (
        "team", BOT, "bot/kraken", "{{identity.entity.aliases.a.metadata.repository}}/+", "policy-template-slash", 2,
    ),
    "write is no capability": ("bot", BOT, '["read"]', '["write"]', "policy-refused", 1),
    "a missing comma": ("rotator", ROTATOR, '"read", "update"', '"read" "update"', "policy-refused", 6),
    "left over": ("bot", BOT, "path \"database", 'path "secret/data/old" { capabilities = ["read"] }\npath "database', "policy-unused", 3),
    "twice": ("team", BOT, "secret/data/bot/kraken", "secret/data/bot/binance", "policy-duplicate", 2),
}  # fmt: skip


ALSO = {
    "policy-too-wide": {"policy-uncovered"},
    "policy-dangerous": {"policy-uncovered"},
    "policy-uncovered": {"policy-too-strong"},
}
"""What one mistake may be besides: a capability in the place of another is one too many and one too few."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_on_its_line_by_one_rule(mistake: str) -> None:
    name, text, old, new, rule, line = MISTAKES[mistake]
    said = judged(f"vault/{name}.hcl", changed(text, old, new))
    assert (rule, line) in {(one.rule, one.place.line) for one in said}, said
    errors = {one.rule for one in said if one.severity.value == "error"} - {rule}
    assert errors <= ALSO.get(rule, set()), said


RIGHT = {
    "the bot's own": ("bot", BOT),
    "what CI looks at": ("ci", CI),
    "the rotator's": ("rotator", ROTATOR),
    "a deny that narrows nothing needed": ("bot", BOT + 'path "secret/data/payroll" { capabilities = ["deny"] }\n'),
    "a token's own": ("bot", BOT + 'path "auth/token/renew-self" { capabilities = ["update"] }\n'),
    "leases": ("bot", BOT + 'path "sys/leases/renew" { capabilities = ["update"] }\n'),
    "its own metadata": ("bot", BOT + 'path "secret/metadata/bot/binance" { capabilities = ["read"] }\n'),
    "transit, to open files": ("bot", BOT + 'path "transit/decrypt/sops" { capabilities = ["update"] }\n'),
    "JSON": (
        "bot", json.dumps({"path": {
            "secret/data/bot/binance": {"capabilities": ["read"]}, "secret/data/bot/kraken": {"capabilities": ["read"]},
            "database/creds/bot": {"capabilities": ["read"]},
        }}),
    ),
    "comments of all kinds, a trailing comma": (
        "bot", "# a\n// b\n/* c */\n" + BOT.replace('["read"]', '["read",]'),
    ),
    "a heredoc": ("team", BOT.replace("{ capabilities", "{ comment = <<E\nwhy\nE\ncapabilities")),
    "an administrator's, whom nobody knows": ("admin", 'path "*" { capabilities = ["create", "sudo"] }\n'),
    "a login's own template": ("team", 'path "secret/data/{{identity.entity.id}}/*" { capabilities = ["read"] }\n'),
    "a list with its slash": ("team", 'path "secret/metadata/bot/" { capabilities = ["list"] }\n'),
    "an agent's configuration": ("agent", 'auto_auth { method "jwt" { config = { path = "/run/jwt" } } }\n'),
    "a server's configuration": ("config", 'storage "file" { path = "/data" }\nlistener "tcp" { address = "0.0.0.0:8200" }\n'),
    "a login role in JSON": ("jwt-role", '{"role_type": "jwt", "token_policies": ["ci"]}'),
    "a group's template": ("team", 'path "kv/data/{{identity.groups.names.ops.id}}" { capabilities = ["read"] }\n'),
    "both ways to write": ("rotator", ROTATOR.replace('"read", "update"', '"read", "patch", "update"')),
    "a password policy's name": ("team", 'path "sys/policies/password/strong/generate" { capabilities = ["read"] }\n'),
    "capabilities of either server": ("team", 'path "a/b" { capabilities = ["scan", "recover", "subscribe"] }\n'),
    "an expiration to come": ("team", 'path "a/b" { expiration = "2099-01-01T00:00:00Z" capabilities = ["read"] }\n'),
}  # fmt: skip


@pytest.mark.parametrize("right", RIGHT)
def test_a_right_policy_stays_silent(right: str) -> None:
    name, text = RIGHT[right]
    suffix = "json" if text.startswith("{") else "hcl"
    assert judged(f"vault/{name}.{suffix}", text) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'path "secret/data/bot/kraken" { capabilities = ["read"] }',
            'path "secret/data/bot/+" { capabilities = ["list"] }\npath "secret/data/*" { capabilities = ["read"] }',
            "line 2 governs it (`secret/data/bot/+`) and grants `list`, and line 3 does not add to it",
        ),
        (
            'path "secret/data/bot/kraken" { capabilities = ["read"] }',
            'path "secret/data/bot/k*" { policy = "deny" }\npath "secret/data/bot/*" { capabilities = ["read"] }',
            "line 2 denies it (`secret/data/bot/k*`), though line 3 grants it",
        ),
        ('path "secret/data/bot/kraken" { capabilities = ["read"] }', "", "no rule grants it"),
    ],
)
def test_why_something_is_not_granted(old: str, new: str, message: str) -> None:
    said = judged("vault/bot.hcl", changed(BOT, old, new))
    assert [one.message for one in said if one.rule == "policy-uncovered" and message in one.message]


def test_without_all_references_nothing_is_called_unused_or_too_wide() -> None:
    wide = BOT.replace("secret/data/bot/binance", "secret/data/*")
    assert judged("vault/bot.hcl", wide, complete=False) == []
    assert judged("vault/bot.hcl", wide, references=()) == []


def test_where_nothing_is_rotated_nobody_knows_what_a_rotator_needs() -> None:
    for name in ("vault/rotator.hcl", "vault/bot-rotator.hcl"):
        known = Known(found(*REFERENCES), complete=True)
        assert list(judge_together([(name, ROTATOR.encode())], [], known, DEFAULT)) == []


def test_two_readers_share_the_references_unless_the_settings_say_whose_they_are() -> None:
    one, two = BOT.splitlines(keepends=True)[0], "".join(BOT.splitlines(keepends=True)[1:])
    files = [("vault/bot.hcl", one.encode()), ("vault/app.hcl", two.encode())]
    known = Known(found(*REFERENCES), complete=True)
    assert list(judge_together(files, [], known, DEFAULT)) == []
    text = b'policies:\n  vault/bot.hcl: {role: reader, references: ["secrets.enc.yaml#keys[1]"]}\n'
    settings = load(
        ".sealward.yaml", text + b'  vault/app.hcl: {role: app, references: ["secrets.enc.yaml"]}\n'
    )
    (finding,) = judge_together(files, [], known, settings)
    assert (finding.rule, finding.path) == ("policy-uncovered", "vault/app.hcl")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, str, int]]:
    main(["check", *arguments, "--format", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return [(one["rule"], one["path"], one["line"]) for one in findings]


def test_a_new_reference_that_no_policy_grants_is_found_when_the_file_is_committed(
    repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = {
        name: sealer.seal("secrets.enc.yaml", f"key: vault:secret/data/bot/{name}#api_key#1\n")
        for name in ("binance", "kraken")
    }
    policy = 'path "secret/data/bot/binance" { capabilities = ["read"] }\n'
    repo.commit({"vault/bot.hcl": policy, "secrets.enc.yaml": sealed["binance"]})
    assert said(capsys, "--all") == [] == said(capsys, "--all", "--only", "vault-policies")
    repo.commit({"secrets.enc.yaml": sealed["kraken"]})
    uncovered, unused = ("policy-uncovered", "vault/bot.hcl", 1), ("policy-unused", "vault/bot.hcl", 1)
    assert said(capsys, "secrets.enc.yaml") == [uncovered]
    assert sorted(said(capsys, "vault/bot.hcl")) == [uncovered, unused] == sorted(said(capsys, "--all"))
    assert sorted(said(capsys, "--all", "--only", "vault-policies")) == [uncovered, unused]
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    assert said(capsys, "vault/bot.hcl") == []  # nobody can know


@pytest.mark.parametrize(
    "data", [b"path \xff {}", b"path a {" * 200_000, b"\x00path", b'path "a" { capabilities = ["reed"] }']
)
def test_whatever_a_policy_is_it_costs_one_line(
    repo: Repo, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    repo.write({"vault/bot.hcl": data})
    assert [rule for rule, _, _ in said(capsys, "vault/bot.hcl")] == ["policy-refused"]
