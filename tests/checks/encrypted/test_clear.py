"""What stands in clear inside a sealed file is judged without a key, once, by whichever check is asked."""

from __future__ import annotations

import pytest

from sealward.checks import CHECKS
from sealward.engine.run import Run
from sealward.engine.sources import Source, Tree
from tests.support import examples
from tests.support.literals import expand

TOKEN = expand("ghp_%b62:36%", seed=1)
OTHER = expand("glpat-%b62:20%", seed=2)
HEADER = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\n"
LAST = "kubectl.kubernetes.io/last-applied-configuration"
BAD = {
    "a selector for one key": "user: ENC[…]\npassword: hunter2hunter\nsops: … encrypted_regex ^user$",
    "a token beside it": f"user: ENC[…]\nnote: {TOKEN}\nsops: … encrypted_regex ^user$",
    "a suffix": "a: ENC[…]\npassword_unencrypted: hunter2hunter\nsops: …",
    "a suffix behind a longer name": "a: ENC[…]\ndb_password_unencrypted: hunter2hunter\nsops: …",
    "a token under a suffix": f"a: ENC[…]\nnote_unencrypted: {TOKEN}\nsops: …",
    "a number": "a: ENC[…]\npassword_unencrypted: 83619274\nsops: …",
    "an annotation": HEADER.rstrip() + f"\n  annotations:\n    {LAST}: |\n"
    '      {"apiVersion":"v1","kind":"Secret","data":{"password":"aHVudGVyMmh1bnRlcg=="}}\n'
    "data:\n  password: ENC[…]\nsops: … encrypted_regex ^(data|stringData)$",
    "stringData beside data": HEADER + "data:\n  a: ENC[…]\nstringData:\n  b: corr3ct-horse\n"
    "sops: … encrypted_regex ^data$",
    "stringData without a telling name": HEADER + "data:\n  a: ENC[…]\nstringData:\n  config: something\n"
    "sops: … encrypted_regex ^data$",
    "data that only Base64 hides": HEADER + "stringData:\n  a: ENC[…]\ndata:\n  password: aHVudGVyMg==\n"
    "sops: … encrypted_regex ^stringData$",
    "a tag of somebody's own": "a: ENC[…]\npassword: !mine hunter2hunter\nsops: … encrypted_regex ^a$",
    "a private key": "a: ENC[…]\nspec:\n  key: |\n    -----BEGIN%s: RSA% PRIVATE KEY-----\n    %b64:48%\n"
    "    -----END RSA PRIVATE KEY-----\nsops: … encrypted_regex ^a$",
    "a key that is a token": f"a: ENC[…]\n{TOKEN}: ENC[…]\nsops: …",
    "a key above that is a token": f"{TOKEN}:\n  {OTHER}:\n    a: ENC[…]\nsops: …",
}
GOOD = {
    "hosts and ports": "host: db.internal\nport: 5432\nuser: app\npassword: ENC[…]\n"
    "sops: … encrypted_regex ^password$",
    "a manifest": HEADER + "type: Opaque\ndata:\n  password: ENC[…]\n"
    "sops: … encrypted_regex ^(data|stringData)$",
    "toggles": "a: ENC[…]\nuse_tls_unencrypted: true\nreplicas_unencrypted: 3\nsops: …",
    "a toggle under a secret's name": "a: ENC[…]\ntoken_unencrypted: true\nsops: …",
    "one key of a Secret": HEADER + "stringData:\n  user: admin\n  password: ENC[…]\n"
    "sops: … encrypted_regex ^password$",
    "a public key": "a: ENC[…]\nkey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE me@host\nsops: … encrypted_regex ^a$",
    "an example": "a: ENC[…]\nkey: AKIAIOSFODNN7EXAMPLE\nsops: … encrypted_regex ^a$",
    "a reference": "a: ENC[…]\npassword: vault:secret/data/app#key#1\nsops: … encrypted_regex ^a$",
    "a placeholder": "a: ENC[…]\npassword: ${PASSWORD}\nsops: … encrypted_regex ^a$",
    "null": "a: ENC[…]\npassword: !!null ~\nother_token: null\nsops: …",
    "a harmless annotation": HEADER.rstrip() + f"\n  annotations:\n    {LAST}: |\n"
    '      {"apiVersion":"v1","kind":"Secret","data":{"password":"ENC[…]"}}\n'
    "data:\n  password: ENC[…]\nsops: … encrypted_regex ^(data|stringData)$",
}  # fmt: skip


def judge(text: str, names: list[str] | None = None) -> list[tuple[str, str, str]]:
    run = Run(Tree("", lambda path: None), names or list(CHECKS))
    data = examples.expand(expand(text.replace("\\n", "\n"), seed=7) + "\n").encode()
    said = run.judge(Source("s.enc.yaml", data, list)).findings
    shown = repr(said)
    assert TOKEN not in shown
    assert OTHER not in shown
    assert "hunter2" not in shown
    return [(one.rule, one.place.key_path, one.message) for one in said]


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_secret_in_clear_is_said_once_without_a_key(text: str) -> None:
    found = judge(text)
    assert {rule for rule, _, _ in found} == {"literal-secret"}, found
    assert len(found) == (2 if OTHER in text else 1)


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_the_hook_for_sealed_files_alone_finds_it(text: str) -> None:
    assert [rule for rule, _, _ in judge(text, ["sops-encrypted"])][:1] == ["literal-secret"]


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_may_stand_in_clear_is_left_alone(text: str) -> None:
    assert judge(text) == []


def test_a_key_that_is_a_token_is_not_shown() -> None:
    places = [key_path for _, key_path, _ in judge(BAD["a key above that is a token"])]
    assert sorted(places) == ["********", "********.********"]


def test_a_covered_value_in_clear_is_said_once() -> None:
    found = judge(f"a: ENC[…]\npassword: {TOKEN}\nsops: …")
    assert [rule for rule, _, _ in found] == ["plaintext-value"]


@pytest.mark.parametrize("value", ["password: !!null hunter2hunter", f"note: !!null {TOKEN}"])
def test_a_covered_value_behind_an_explicit_tag_is_said_once(value: str) -> None:
    assert [rule for rule, _, _ in judge(f"a: ENC[…]\n{value}\nsops: …")] == ["plaintext-value"]


def test_what_may_be_literal_is_no_token_on_its_line_either() -> None:
    data = examples.expand(f"a: ENC[…]\ntoken_unencrypted: {TOKEN}\nsops: …").encode()
    settings = b"literals: [{path: token_unencrypted, reason: a sample}]\n"
    for files, found in (({}, 1), ({".sealward.yaml": settings}, 0)):
        run = Run(Tree("", files.get), ["plaintext-secrets"])
        judged = run.judge(Source(path="x.enc.yaml", data=data, previous=list))
        assert (len(judged.findings), len(judged.suppressed)) == (found, 1 - found)
