"""What is inside a file: references in every form, and what was meant as one or as none."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

import pytest

from sealward.checks.context import Context
from sealward.checks.references import judge, judge_run
from sealward.config import DEFAULT, load
from sealward.document import parse
from sealward.sealed.contents import found, values
from sealward.sops.reading.decryption import decrypt
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from sealward.document import Document
    from tests.support.sops import Sealer

RANDOM = "q8Zt3LmVx0Rb7WcY2NsKd5"
SETTINGS = b"""\
literals:
  - {path: "allowed.*", reason: a test}
syntaxes: [bank-vaults, inline]
pins: required
"""


def unsealed(text: str) -> tuple[Document, Context]:
    document = parse("values.yaml", text.encode())
    return document, Context(asked=True, values=tuple(values(document, None)))


def opened(sealer: Sealer, text: str, settings: bytes = b"") -> tuple[Document, Context]:
    document = parse("s.enc.yaml", sealer.seal("s.enc.yaml", text))
    chosen = load(".sealward.yaml", settings) if settings else DEFAULT
    inside = decrypt(document, find())
    held = tuple(values(document, inside))
    return document, Context(sealed=True, opened=inside, values=held, settings=chosen)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("a: vault:secret/data/bot#key#1", []),
        ("a: url is ${vault:secret/data/bot#key#1}/x", []),
        ("a: 5\nb: true\nc: ~\nd: ''\ne: 1.5\nf: []\ng: 2001-12-14", []),
        ("log_level: debug\nregion: eu-west-1", []),
        ("a: vault:secret/bot#key#1", ["malformed-reference"]),
        ("a: vault:secret/data/bot", ["malformed-reference"]),
        ("a: ' vault:secret/data/bot#key#1'", ["malformed-reference"]),
        ("a: vault:secret/data/../../x/y#key#1", ["malformed-reference"]),
        (f"password: {RANDOM}", ["literal-secret"]),
        (f"x: {RANDOM}", ["literal-secret"]),
        (f"a: ${{vault:secret/data/bot#user#1}}:{RANDOM}", ["literal-secret"]),
        (f"password: {RANDOM}\nb: vault:secret/data/bot", ["literal-secret", "malformed-reference"]),
        (f"list:\n  - x\n  - {RANDOM}", ["literal-secret"]),
    ],
)
def test_what_is_inside(sealer: Sealer, text: str, rules: list[str]) -> None:
    findings = list(judge(*opened(sealer, text + "\n")))
    assert [finding.rule for finding in findings] == rules
    assert RANDOM not in repr(findings)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (f"allowed:\n  password: {RANDOM}", []),
        (f"other:\n  password: {RANDOM}", ["literal-secret"]),
        ("a: vault:secret/data/bot#key#1", []),
        ("a: vault:secret/data/bot#key", ["unpinned-reference"]),
        ("a: vault:database/creds/bot#username", []),
        ("a: <path:secret/data/bot#key#1>", ["malformed-reference"]),
        ("a: ref+vault://secret/bot#/key", ["malformed-reference", "unpinned-reference"]),
    ],
)
def test_settings(sealer: Sealer, text: str, rules: list[str]) -> None:
    findings = list(judge(*opened(sealer, text + "\n", SETTINGS)))
    assert [finding.rule for finding in findings] == rules


def test_an_unsealed_file_is_judged_by_form_alone() -> None:
    document, context = unsealed(f"a: vault:secret/bot#key#1\nb: vault:secret/data/bot#key#2\npw: {RANDOM}\n")
    findings, seen = list(judge(document, context)), list(found(document, context.values))
    assert [(finding.rule, finding.place.line, finding.place.key_path) for finding in findings] == [
        ("malformed-reference", 1, "a")
    ]
    assert [(*one.place, one.reference.version) for one in seen] == [("values.yaml", 2, 4, "b", 2)]


@pytest.mark.parametrize(
    ("pins", "lines"),
    [
        (("bot#a#1", "bot#b#1"), []),
        (("bot#a#1", "bot#b"), []),
        (("bot#a#1", "other#a#2"), []),
        (("bot#a#1", "bot#b#2", "bot#a#1"), [2]),
        (("bot#a#1", "bot#a#3", "bot#a#2"), [2, 3]),
    ],
)
def test_one_secret_has_one_pin(pins: tuple[str, ...], lines: list[int]) -> None:
    text = "".join(f"k{number}: vault:secret/data/{pin}\n" for number, pin in enumerate(pins))
    document, context = unsealed(text)
    findings = list(judge_run(list(found(document, context.values))))
    assert [finding.place.line for finding in findings] == lines
    assert all(
        re.search(r"pins version \d of secret/bot, and values\.yaml:1 pins", f.message) for f in findings
    )


FOREIGN = "https://vault.elsewhere.example:8200"
OURS = b"vaults: [https://vault.ours.example:8200/]\nliterals:\n  - {path: allowed, reason: a test}\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"ref+vault://secret/a?address={FOREIGN}&version=1#/k", ["foreign-vault error"]),
        (f"ref+openbao://secret/a?address={FOREIGN}#/k", ["foreign-vault error"]),
        ("ref+vault://secret/a?host=vault.elsewhere.example#/k", ["foreign-vault error"]),
        ("ref+vault://vault.elsewhere.example:8200/secret/a#/k", ["foreign-vault error"]),
        (f"u:ref+vault://secret/a?address={FOREIGN}#/k+@h", ["foreign-vault error"]),
        (f"ref+vault://secret/a#/k?address={FOREIGN}", ["foreign-vault warning"]),
        ("ref+vault://secret/a?token_file=/run/token#/k", ["foreign-vault error"]),
        ("ref+vault://secret/a?auth_method=approle&secret_id=x#/k", ["foreign-vault error"]),
        ("ref+vault://secret/a?auth_method=userpass&password_env=P#/k", ["foreign-vault error"]),
        (f"ref+vault://secret/a?address={FOREIGN}&token_env=T#/k", ["foreign-vault error"] * 2),
        ("ref+echo://correct-horse-battery", ["literal-reference error"]),
        ("secretref+echo://correct-horse-battery", ["literal-reference error"]),
        ("ref+file://./other.yaml#/a", ["literal-reference error"]),
        ("ref+exec://cat?args=x", ["literal-reference error"]),
        ("ref+httpjson://example.com/x#///", ["literal-reference error"]),
        # harmless twins
        ("ref+vault://secret/a?address=https://VAULT.ours.example:8200&token_env=T#/k", []),
        ("ref+vault://vault.ours.example:8200/secret/a#/k", []),
        ("ref+vault://secret/a?address=http://127.0.0.1:8200#/k", []),
        ("ref+vault://secret/a?address=http://localhost:8200/#/k", []),
        ("ref+vault://secret/a?namespace=team&version=3#/k", []),
        ("ref+vault://secret/a?proto=http&decode=base64#/k", []),
        ("ref+vault://secret/a?auth_method=kubernetes&role_id=app#/k", []),
        ("ref+awssecrets://a/b#/c", []),
        ("ref+sops://secrets.enc.yaml#/a", []),
        ("ref+gcpsecrets://project/name", []),
        ("vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX9vyf7w==", []),
        ("echo://hello", []),
    ],
)
def test_another_server_and_a_literal_dressed_as_a_reference(
    sealer: Sealer, text: str, found: list[str]
) -> None:
    findings = list(judge(*opened(sealer, f"api_key: {text}\nx: y\n", OURS)))
    assert [f"{one.rule} {one.severity.value}" for one in findings] == found
    assert all("horse" not in repr(one) for one in findings)


def test_a_token_dressed_as_the_key_of_a_reference_is_still_a_token(sealer: Sealer) -> None:
    token = "glpat-" + RANDOM[:20]
    findings = list(judge(*opened(sealer, f"a: vault:kv/app#{token}\n")))
    assert [one.rule for one in findings] == ["literal-secret"]
    assert token not in repr(findings)


def test_a_literal_that_the_settings_allow_may_be_dressed_as_one(sealer: Sealer) -> None:
    assert not list(judge(*opened(sealer, "allowed: ref+echo://correct-horse-battery\nx: y\n", OURS)))


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (["vault:secret/bot#k", "vault:secret/data/bot#k#1"], [1]),
        (["<path:secret/bot#k>", "vault:secret/data/bot#k#1"], [1]),
        (["vault:kv/bot#k", "vault:secret/data/bot#k#1"], []),
        (["vault:secret/bot#k"], []),
        (["vault:secret/bot#k", "ref+vault://secret/bot#/k"], []),
        (["vault:secret/metadata/bot#current_version", "vault:secret/data/bot#k#1"], []),
    ],
)
def test_a_path_lacks_data_only_where_its_mount_is_known_to_be_kv_v2(
    lines: list[str], wrong: list[int]
) -> None:
    text = "".join(f"k{number}: {json.dumps(line)}\n" for number, line in enumerate(lines))
    document, context = unsealed(text)
    assert not list(judge(document, context))
    findings = list(judge_run(list(found(document, context.values))))
    assert [(one.rule, one.place.line) for one in findings] == [
        ("malformed-reference", line) for line in wrong
    ]


def test_pins_of_a_secret_on_another_server_are_another_matter() -> None:
    text = "a: vault:secret/data/bot#k#1\nb: ref+vault://secret/bot?namespace=prod&version=2#/k\n"
    document, context = unsealed(text)
    assert not list(judge_run(list(found(document, context.values))))


def test_ini_takes_the_key_for_a_comment_and_the_hint_says_so(sealer: Sealer) -> None:
    document = parse("s.enc.ini", sealer.seal("s.enc.ini", "[a]\nk = vault:secret/data/bot#k#1\n"))
    inside = decrypt(document, find())
    held = tuple(values(document, inside))
    [finding] = judge(document, Context(sealed=True, opened=inside, values=held))
    assert finding.rule == "malformed-reference"
    assert "back-ticks" in finding.hint


def test_a_reference_in_base64_is_one_and_no_literal(sealer: Sealer) -> None:
    encoded = base64.b64encode(b"vault:secret/data/bot/service#aaa#3").decode()
    text = f"kind: Secret\ndata:\n  password: {encoded}\n"
    document, context = opened(sealer, text)
    assert not list(judge(document, context))
    assert [one.reference.version for one in found(document, context.values)] == [3]
    swapped = text.replace(encoded, base64.b64encode(RANDOM.encode()).decode())
    assert [one.rule for one in judge(*opened(sealer, swapped))] == ["literal-secret"]
