"""Secrets in files that are not sealed: known shapes are found, examples and prose are not."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING
from unicodedata import normalize

import pytest
from mnemonic import Mnemonic

from sealward.detectors import detect_secrets
from sealward.engine.run import Run
from sealward.engine.sources import Source, Tree
from sealward.errors import SealwardError
from tests.support.examples import expand as sealed
from tests.support.literals import expand

if TYPE_CHECKING:
    from sealward.finding import Finding
    from tests.support.sops import Sealer

PEM = "-----BEGIN %s:RSA PRIVATE% KEY-----\\n%b64:48%\\n%b64:48%\\n-----END %s:RSA PRIVATE% KEY-----\\n"


def judge(text: str, path: str = "notes.txt", **others: str) -> list[Finding]:
    files = {name.replace("__", "."): content.encode() for name, content in others.items()}
    run = Run(Tree("", files.get), ["plaintext-secrets"])
    return run.judge(Source(path, text.encode(), list)).findings


@pytest.mark.parametrize(
    "text",
    [
        "token = %s:hvs.%%b62:28%",
        "VAULT_TOKEN=%s:s.%%b62:12%4%b62:11%",
        "%s:hvb.%%b64u:120%",
        "%s:AGE-SECRET-KEY-%1%B32A:58%",
        PEM,
        "words: %phrase:12%",
        "%phrase:24%",
        "export GH=%s:ghp_%%b62:36%",
        "aws_access_key_id = %s:AKIA%%B32:16%",
        "url: https://hooks.%s:slack%.com/services/T%B36:8%/B%B36:8%/%b62:24%",
        "dsn = postgres://bot:%b62:20%@db/x",
        "jwt %s:eyJhbGciOiJIUzI1NiJ9%.%s:eyJzdWIiOiIxMjM0In0%.%b64u:43%",
        "url: https://api.acme.io/v1/orders?token=%b62:24%",
        "url: https://api.acme.io/v1/badges?token=%b62:24%",
        "[![x](https://bot:%b62:20%@ci.acme.io/badge.svg?token=%b62:10%)](x)",
        "print('loading...', '%s:ghp_%%b62:36%')",
        "keep the phrase of this wallet, it is %phrase:12%",
        "%phrasec:12%",
        "%frase:12%",
        "%frase:24%",
        "key = %wif%",
        "const payer = bs58.decode('%sol%')",
        "%solb%",
        "master: %s:xprv%%b58:107%",
        "machine api.acme.io login bot password %b62:20%",  # pragma: allowlist secret
        "PuTTY-User-Key-File-%s:3: ssh-rsa%",
    ],
)
def test_secrets(text: str) -> None:
    value = expand(text, seed=7)
    found = judge(f"first\n{value}\nlast\n")
    assert [finding.rule for finding in found] == ["plaintext-secret"]
    assert found[0].place.line == 2
    assert value.splitlines()[0].split()[-1] not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just some words about a password and a token",
        "password: hunter2",
        "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEabcdefghijklmnopqrstuvwxyzABCDEFGHIJ\n",
        "AKIAIOSFODNN7EXAMPLE",
        "[![cov](https://codecov.io/gh/acme/bot/branch/main/graph/badge.svg?token=%b62:10%)](https://codecov.io)",
        "[![build](https://travis-ci.com/acme/bot.svg?token=%b62:20%&branch=main)](https://travis-ci.com)",
        "![quality](https://sonar.acme.io/api/project_badges/measure?project=bot&token=%hex:40%)",
        "https://user:he%2Fshe@packages.acme.io/simple",
        '"-----BEGIN PRIVATE KEY-----\\nFAKE\\n-----END PRIVATE KEY-----\\n", "%b64:48%"',
        "-----BEGIN RSA PRIVATE KEY-----\nnone\n-----END RSA PRIVATE KEY-----\n%b64:48%",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",  # pragma: allowlist secret
        "r'PuTTY-User-Key-File-2',",
        "machine imap login bob password hisname",
        "Authorization: Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.%b64u:43%",
        "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJhbm9uIn0.%b64u:43%",
        "signature: %b58:88%",
        "tx = 'https://solscan.io/tx/%b58:88%'",
        "%bytes:64%",
        "test test test test test test test test test test test junk",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
        "abandon, ability, able, about, above, absent, absorb, abstract, absurd, abuse, access, accident",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "postgres://user:password@localhost/db",
        "postgres://bot:${PASSWORD}@db/x",
        "r.mergeConfigsWithTalosctl(base, patch)",
        "abandon your plans and about the one two three four five six seven eight",
        "vault:secret/data/bot/binance#api_key#7",
        "\0binary\0",
        "## it starts with -----BEGIN RSA PRIVATE KEY-----\n##\n\na:\n- b\n- c\n- d\npath: /" + "abcDEF/" * 9,
    ],
)
def test_no_secrets(text: str) -> None:
    assert judge(expand(text, seed=5)) == []


REPEATED = [
    ("ghp_", 36), ("github_pat_", 82), ("glpat-", 20), ("npm_", 36), ("AKIA", 16), ("hvs.", 24), ("sk_test_", 24),
    ("AIza", 35), ("dapi", 32), ("pul-", 40), ("sk-proj-", 48),
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        ".sk-loading-spinner-container-wrapper-inner { color: red }",
        "see https://example.com/sk-proj-name-of-my-project-goes-here-please",
        "class='sk-circle-fade-dot-animation-delay-variants'",
        "token: ghp_sampleSampleSampleSampleSampleSample",
        "r.ExternalIPv6PrefixLength = res.ExternalIPv6PrefixLength",
        "otpauth://totp/example?secret=JBSWY3DPEHPK3PXP",
        "sk-translation-strings-for-the-mobile-application-v2.json",
        "posthog: phc_7s7MrHWxPR2if1DHHDrKBRgx7SvlaoSM59fIiQueexS",
        "image: LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUlJQ0lqQU5CZ2txaGtpRzl3MEJBUUVGQUFPQ0FnOEFNSUlDQ2dLQ0FnRUF2NndlQzFhVDE2",
        "[uptime]: https://img.shields.io/uptimerobot/status/m800769967-13f5c929f419ccdd73096f8a?style=for-the-badge",
        *(f'T = "{prefix}{"Aa1"[size % 3] * size}"' for prefix, size in REPEATED),
    ],
)
def test_no_token_is_drawn_like_this(text: str) -> None:
    """Slugs, repeated words and repeated characters behind an issuer's prefix; with every detector too."""
    assert judge(text) == []
    names = sorted(detect_secrets._kinds().keys() - detect_secrets._GUESSING)
    chosen = {"plugins_used": [{"name": name} for name in names], "filters_used": [], "results": {}}
    assert judge(text, "a.py", __secrets__baseline=json.dumps(chosen)) == []


def test_ciphertext_is_never_reported() -> None:
    assert judge(sealed("password: ENC[…]\nsops: …\n"), "secrets.yaml") == []
    assert judge(sealed("a quoted value ENC[…] in a text")) == []


@pytest.mark.parametrize("comment", ["  # pragma: allowlist secret", "  // pragma: allowlist secret"])
def test_allow_list_comments(comment: str) -> None:
    token = expand("%s:hvs.%%b62:28%", seed=1)
    assert judge(f"{token}{comment}\n", "a.py" if "#" in comment else "a.js") == []
    assert judge(f"# pragma: allowlist nextline secret\n{token}\n", "a.py") == []


def test_the_baseline_of_detect_secrets() -> None:
    from detect_secrets.core import baseline
    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.settings import transient_settings

    line = expand('password = "%b62:24%"', seed=3)
    with transient_settings({"plugins_used": [{"name": "KeywordDetector"}]}):
        empty = json.dumps(baseline.format_for_output(SecretsCollection()))
    assert judge(line, "a.py") == []
    assert [finding.rule for finding in judge(line, "a.py", __secrets__baseline=empty)] == [
        "plaintext-secret"
    ]
    with pytest.raises(SealwardError, match="is not a baseline of detect-secrets"):
        judge(line, __secrets__baseline="{}")


TOKEN = expand("%s:ghp_%%b62:36%", 5)


@pytest.mark.parametrize(
    "data",
    [
        f"token = {TOKEN}\r\nx\r\n".encode(),
        f"a\rtoken = {TOKEN}\rb".encode(),
        f"token = {TOKEN}\n".encode("utf-16"),
        f"token = {TOKEN}\n".encode("utf-16-le"),
        f"token = {TOKEN}\n".encode("utf-16-be"),
        f"token = {TOKEN}\n".encode("utf-32"),
        f"caf\u00e9 = {TOKEN}\n".encode("latin-1"),
        b"\0" + f"token = {TOKEN}\n".encode(),
        f"a\0b token = {TOKEN}\n".encode(),
        f"token {TOKEN} # ENC[AES256_GCM,".encode(),
        f"token {TOKEN} # ENC[AES256_GCM,data:aaaa,iv:bbbb,tag:cccc,type:str]".encode(),
        b"\x7fELF" + bytes(range(32)) * 99 + TOKEN.encode() + bytes(99),
        ("{" + '"a": 1, ' * 4000 + f'"b": "{TOKEN}"' + ', "c": 2' * 4000 + "}").encode(),
        ("x = 1\n" * 400_000 + f"y = '{TOKEN}'\n").encode(),
        ("x" * 3_000_000 + f" {TOKEN} " + "y" * 3_000_000).encode(),
    ],
    ids=["crlf", "cr", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "nul before", "nul inside",
         "mark of ciphertext", "ciphertext", "program", "one line", "many lines", "huge line"],
)  # fmt: skip
def test_nothing_passes_unread(data: bytes) -> None:
    run = Run(Tree("", lambda _: None), ["plaintext-secrets"])
    found = run.judge(Source("notes.txt", data, list)).findings
    assert [finding.rule for finding in found] == ["plaintext-secret"]
    assert TOKEN not in repr(found)


def test_every_line_of_many_is_named() -> None:
    lines = [f"{number} {expand('%s:ghp_%%b62:36%', number)}" for number in range(1, 40)]
    found = judge("\n".join("nothing" if int(line.split()[0]) % 3 else line for line in lines))
    assert [one.place.line for one in found] == list(range(3, 40, 3))


def test_tokens_far_apart_on_one_line_are_one_finding() -> None:
    found = judge(f"first\n{TOKEN}{' ' * 5000}{TOKEN}\nlast {expand('%s:ghp_%%b62:36%', 9)}\n")
    assert [one.place.line for one in found] == [2, 3]


def test_allowed_far_down_a_long_text() -> None:
    lines = "x\n" * 5000
    assert judge(f"{lines}# pragma: allowlist nextline secret\nt = '{TOKEN}'\n{lines}") == []
    assert judge(f"{lines}t = '{TOKEN}'  # pragma: allowlist secret\n{lines}") == []


@pytest.mark.parametrize("name", ["s.enc.yaml", "s.enc.env", "s.enc.json"])
def test_a_sealed_file_is_no_place_to_hide(name: str, sealer: Sealer) -> None:
    """Without a key, by this check alone; ciphertext and the armors of data keys stay silent."""
    texts = {
        "s.enc.yaml": f"a: b\nnote_unencrypted: {TOKEN}\n",
        "s.enc.env": f"A=b\nNOTE_unencrypted={TOKEN}\n",
        "s.enc.json": f'{{"a": "b", "note_unencrypted": "{TOKEN}"}}',
    }
    run = Run(Tree("", lambda _: None), ["plaintext-secrets"])
    sealed = sealer.seal(name, texts[name])
    found = run.judge(Source(name, sealed, list)).findings
    assert [finding.rule for finding in found] == ["plaintext-secret"]
    clean = sealer.seal(name, texts[name].replace(TOKEN, "nothing"))
    assert run.judge(Source(name, clean, list)).findings == []


@pytest.mark.parametrize("text", ["%s:hvs.%%b62:24% ", "glpat-%b62:20% "])
def test_an_allow_list_comment_ends_a_line_however_long(text: str) -> None:
    line = "x = [" + "1, " * 900 + expand(text, seed=1) + "2, " * 900 + "]"
    assert judge(line)
    assert judge(f"{line}  # pragma: allowlist secret") == []


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("s.%s:Zt7qLw2Xc9Vb4Nm1%Kj8Hg5Fd", True),
        ("r.DestinationIPV6CIDRBlock", False),
        ("s.AuthenticationBackend2Cfg", False),
    ],
)
def test_a_field_of_a_program_is_no_token_of_vault(text: str, held: bool) -> None:
    assert bool(judge(f"value := {expand(text, seed=1)}\n")) is held


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("$2a$12$%b62:53%", True),
        ("$2a$04$%b62:53%", False),
        ("$6$Zt7qLw2Xc9Vb4N$%b62:86%", True),
        ("$6$mysecretsalt$%b62:86%", False),
    ],
)
def test_a_hash_that_says_that_it_is_a_sample_is_none(text: str, held: bool) -> None:
    assert bool(judge(f"hash: '{expand(text, seed=1)}'\n")) is held


@pytest.mark.parametrize("language", ["turkish", "korean", "french", "english"])
def test_long_words_of_a_seed_phrase_count_with_their_accents_apart(language: str) -> None:
    """Decomposed (NFD), the longest word of a list has twelve characters."""
    listed = Mnemonic(language)
    drawn = (sha256(bytes([number])).digest()[:16] for number in range(256))
    phrases = (normalize("NFD", listed.to_mnemonic(entropy)) for entropy in drawn)
    phrase = max(phrases, key=lambda one: (len(set(one.split())) == 12, max(map(len, one.split()))))
    assert [one.rule for one in judge(f"words: {phrase}\n")] == ["plaintext-secret"]
