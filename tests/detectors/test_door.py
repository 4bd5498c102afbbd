"""One door: a text is judged the same as a value, as a comment, in clear in a sealed file, and in a plain file.

Texts of a known shape are judged the same everywhere. What only its key's name announces is judged the
same in values, comments and clear values; in a file that nobody promised to seal, names are not guessed at.
"""

from __future__ import annotations

import json

import pytest

from sealward.detectors import hidden, secret_in
from sealward.engine.run import Run
from sealward.engine.sources import Source, Tree
from tests.support import examples
from tests.support.literals import expand

PASSWORD = "Tr0ub4dor-and-3-more"
NAMES_SECRET = """
    password db_password dbPassword DB_PASSWORD db_pwd pwd passwd passphrase mnemonic seed_phrase signing_key
    signingKey dsn jwt encryptionKey encryption_key api_key apiKey API_KEY api_key_2 access_key secret_key
    client_secret clientSecret token github_token auth_token accessToken refresh_token bearer private_key
    privateKey privkey hmac_key master_key account_key psk pepper credentials creds webhook totp cookie
    unseal_key recovery_code database_url connection_string redis_url service_account_key password_prod
    token_unencrypted password_unencrypted db_password_unencrypted license_key deploy_key session_key
    storage_key shared_key kek smtp_pass basic_auth wallet_key
""".split()
NAMES_NOTHING = """
    host db_host port user username email region bucket namespace image tag version url endpoint title description
    label name public_key publicKey existing_secret use_password token_ttl password_policy secret_name secretName
    key_id fingerprint address checksum sha256 commit path file timezone locale color topic
""".split()

KNOWN = [
    "ghp_%b62:36%", "glpat-%b62:20%", "hvs.%b62:24%", "npm_%b62:36%", "dapi%hex:32%", "key-%hex:32%", "pul-%hex:40%",
    "dop_v1_%hex:64%", "AKIA%B32:16%", "sk_live_%b62:24%", "xoxb-%d:12%-%b62:24%", "AIza%b64u:35%", "GOCSPX-%b64u:28%",
    "SG.%b64u:22%.%b64u:43%", "pypi-AgE%b64u:60%", "SK%hex:32%", "%hex:32%-us12", "%s:AGE-SECRET-KEY-1%%B32A:58%",
    "https://hooks.slack.com/services/%B36:9%/%B36:9%/%b62:24%", "lin_api_%b62:40%", "sbp_%hex:40%", "%phrase:12%",
    "%phrase:24%", "%wif%", "%wifu%", "%sol%", "postgres://app:%b62:16%9aB@db/x", "sk-ant-%b62:40%", "shpat_%hex:32%",
    "rnd_%b62:30%",
]  # fmt: skip
HARMLESS = [
    "db.example.internal", "5432 connections", "production", "eu-west-1", "https://example.com/a/b", "admin",
    "${DB_PASSWORD}", "{{ .Values.password }}", "<your token>", "<REPLACE_ME>", "changeme", "xxxxxxxx", "redacted",
    "vault:secret/data/app#key#1", "ref+vault://secret/app#/key", "op://vault/item/field", "$DB_PASSWORD",
    "sha256:%hex:64%", "%uuid%", "%hex:40%", "AKIAIOSFODNN7EXAMPLE", "ssh-ed25519 AAAA%b62:60% me@host",
    "ghcr.io/home-operations/plex:1.2.3", "1.2.3-rc.1", "2026-01-05T10:00:00Z", "/etc/ssl/private/key.pem",
    "%tron%", "%btc%", "0x%hex:40%", "info@example.com",
]  # fmt: skip


def rows(texts: list[str]) -> list[str]:
    return [expand(text, seed=number) for number, text in enumerate(texts)]


def findings(path: str, text: str) -> list[str]:
    run = Run(Tree("", lambda path: None), ["sops-encrypted", "vault-references", "plaintext-secrets"])
    judged = run.judge(Source(path, examples.expand(text).encode(), list))
    assert not any(text in repr(judged.findings) for text in rows(KNOWN))
    return [one.rule for one in judged.findings]


SEALED = "sealed: ENC[…]\nsops: … encrypted_regex ^sealed$\n"


def judged(key: str, text: str) -> tuple[bool, bool, bool]:
    """Whether a text under a key is a secret: as a value, as a comment, in clear in a sealed file."""
    in_comment = findings("s.enc.yaml", f"# {key}: {text}\n{SEALED}")
    in_clear = findings("s.enc.yaml", f"{key}: {json.dumps(text)}\n{SEALED}")
    assert in_comment in ([], ["secret-in-comment"])
    assert in_clear in ([], ["literal-secret"])
    return secret_in(text, (key,)) is not None, bool(in_comment), bool(in_clear)


def test_the_tables_are_as_large_as_promised() -> None:
    assert len(NAMES_SECRET) + len(NAMES_NOTHING) >= 60
    assert len(KNOWN) + len(HARMLESS) >= 60


@pytest.mark.parametrize("key", NAMES_SECRET)
def test_a_name_that_announces_a_secret_does_so_everywhere(key: str) -> None:
    assert judged(key, PASSWORD) == (True, True, True)
    assert findings("notes.yaml", f"{key}: {PASSWORD}\n") == []
    rule = f"creation_rules:\n  - path_regex: conf/.*\\.yaml$\n    age: {examples.RECIPIENT}\n"
    run = Run(Tree("", {".sops.yaml": rule.encode()}.get), ["sops-encrypted"])
    claimed = run.judge(Source("conf/app.yaml", f"{key}: {PASSWORD}\n".encode(), list)).findings
    assert [one.rule for one in claimed] == ([] if key.endswith("_unencrypted") else ["not-sealed"])


@pytest.mark.parametrize("key", NAMES_NOTHING)
def test_another_name_does_so_nowhere(key: str) -> None:
    assert judged(key, "correct-horse-battery") == (False, False, False)
    assert findings("notes.yaml", f"{key}: correct-horse-battery\n") == []


@pytest.mark.parametrize("text", rows(KNOWN), ids=KNOWN)
def test_a_known_shape_is_a_secret_everywhere(text: str) -> None:
    assert judged("note", text) == (True, True, True)
    assert secret_in(text, kind="line") is not None
    assert findings("notes.yaml", f"note: {text}\n") == ["plaintext-secret"]
    assert findings("s.enc.yaml", f"# {text}\n{SEALED}") == ["secret-in-comment"]


@pytest.mark.parametrize("text", rows(HARMLESS), ids=HARMLESS)
def test_what_anybody_may_read_is_a_secret_nowhere(text: str) -> None:
    assert judged("note", text) == (False, False, False)
    assert findings("notes.yaml", f"note: {text}\n") == []
    assert secret_in(text, kind="key") is None


@pytest.mark.parametrize("text", rows(KNOWN), ids=KNOWN)
def test_what_is_shown_has_no_secret(text: str) -> None:
    assert text not in hidden(f"data.{text}.x")
    assert "********" in hidden(text)


def test_what_is_shown_is_left_alone_otherwise() -> None:
    assert hidden("data.database.password[0]") == "data.database.password[0]"
