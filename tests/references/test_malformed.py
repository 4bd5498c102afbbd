"""Nearly references: what is wrong is named, with the right form; and what a tool documents is left alone."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.references.malformed import nearly
from sealward.references.syntax import is_ciphertext, parse, read

RIGHT = "vault:secret/data/bot/binance#api_key#7"
NUMBER = "has a version that is not a number from 1"
NO_DATA = "lacks `data/` after its mount (KV v2)"


@pytest.mark.parametrize(
    ("text", "problem", "suggestion"),
    [
        ("vault:secret/data/bot/binance", "names no key", "vault:secret/data/bot/binance#KEY"),
        ("vault:secret/data/bot/binance#", "names no key", "vault:secret/data/bot/binance#KEY"),
        ("vault:kv/app", "names no key", "vault:kv/app#KEY"),
        ("vault:secret/bot/binance#api_key#7", NO_DATA, RIGHT),
        ("bao:secret/bot/binance#api_key#7", NO_DATA, RIGHT.replace("vault", "bao")),
        ("vault:secret/data/bot/binance#api_key#v7", NUMBER, RIGHT),
        ("vault:secret/data/bot/binance#api_key#0", NUMBER, RIGHT[:-1] + "VERSION"),
        ("vault:secret/data/bot/binance#api_key#latest", NUMBER, RIGHT[:-1] + "VERSION"),
        ("vault:secret/data/bot/binance#api_key#", NUMBER, RIGHT[:-1] + "VERSION"),
        (" vault:secret/data/bot/binance#api_key#7", "has stray blanks", RIGHT),
        ("vault: secret/data/bot/binance#api_key#7", "has stray blanks", RIGHT),
        ("vault:secret/data/bot/binance#api_key #7\n", "has stray blanks", RIGHT),
        (f"{RIGHT}\n", "has stray blanks", RIGHT),
        ("Vault:secret/data/bot/binance#api_key#7", "has capitals in its scheme", RIGHT),
        ("vault://secret/data/bot/binance#api_key#7", "is written as a URL", RIGHT),
        ("vault:secret/data/../bot/./binance#api_key#7", "has `.` or `..` in its path", "vault:secret/data/bot/binance#api_key#7"),
        ("ref+vault://secret/../bot#/key", "has `.` or `..` in its path", "ref+vault://secret/bot#/key"),
        ("${vault:secret/data/bot/binance#api_key#7", "lacks its closing brace", f"${{{RIGHT}}}"),
        ("a ${vault:secret/data/bot/binance} b", "names no key", "${vault:secret/data/bot/binance#KEY}"),
        ("<path:secret/data/bot/binance>", "names no key", "<path:secret/data/bot/binance#KEY>"),
        ("a <path:secret/data/bot/binance#k#x> b", NUMBER, "<path:secret/data/bot/binance#k#VERSION>"),
        ("<path:secret/bot/binance#api_key#3>", NO_DATA, "<path:secret/data/bot/binance#api_key#3>"),
        ("<path:secret/data/bot/binance#api_key", "lacks its closing bracket", "<path:secret/data/bot/binance#api_key>"),
        ("ref+vault://secret/bot", "names no key", "ref+vault://secret/bot#/KEY"),
        ("ref+vault://secret/bot?version=x#/key", NUMBER, "ref+vault://secret/bot?version=VERSION#/key"),
        ("ref+vault://secret/bot#/key?version=3", "has its options behind its key, where vals does not look", "ref+vault://secret/bot?version=3#/key"),
        ("vault:database/creds/bot#username#3", "pins a version, and its engine has none", "vault:database/creds/bot#username"),
        ("vault:pki/cert/ca#certificate#3", "pins a version, and its engine has none", "vault:pki/cert/ca#certificate"),
        ("postgres://u:vault:secret/data/db#k#2@h", "stands inside other text, where no tool reads it", "${vault:secret/data/db#k#2}"),
    ],
)  # fmt: skip
def test_what_is_wrong_and_how_it_should_read(text: str, problem: str, suggestion: str) -> None:
    found = nearly(text)
    assert found is not None
    assert (found.problem, found.suggestion) == (problem, suggestion)


def test_base64_of_a_malformed_reference_is_told_as_well() -> None:
    text = base64.b64encode(b"vault:secret/bot/binance#api_key#7").decode()
    found = nearly(text)
    assert found is not None
    assert (found.problem, found.suggestion) == (NO_DATA, RIGHT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        RIGHT,
        "vault: my password",
        "vault: see docs/vault for more",
        "vault:",
        "vault:login",
        "the vault: secret/data/x",
        "vaults of gold",
        "https://vault.internal:8200/ui",
        "https://vault:8200/v1/secret/data/x#frag",
        "${VAULT_TOKEN}",
        "${vault}",
        "<path>",
        "<path/to/file#line>",
        "postgres://${vault:secret/data/db#user#2}@db",
        "bao",
        "vault:secret/${ENV}/app#key",
        "vault:secret/data/{{ .Values.env }}/app#key",
        "ref+vault://secret/${ENV}/app#/key",
    ],
)
def test_what_was_not_meant_as_a_reference(text: str) -> None:
    assert nearly(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "vault:pki/cert/43138323834372136778363829719919055910246657114#ca",
        ">>vault:pki/root/generate/internal#certificate",
        ">>vault:pki/issue/web#${.private_key}#{\"common_name\": \"a.example\"}",
        "vault:cubbyhole/x#y",
        "vault:identity/oidc/token/x#token",
        "vault:kv/app#key",
        "vault:/secret/data/bot#key#1",
        ">>vault:transit/decrypt/mykey#${.plaintext | b64dec}#{\"ciphertext\":\"vault:v1:abc\"}",
        "vault:secret/data/x#pre-${.k}-post#2",
        "vault:secret/data/my app/x#a key#2",
        "vault:secret/data/größe#schlüssel#2",
        "ref+vault://mykv/foo#/bar?address=https://vault1.example.com:8200",
        "ref+vault://mykv/foo?address=https://vault1.example.com:8200#/bar",
        "ref+vault://mykv/foo?token_file=~/.t&address=https://vault1.example.com:8200#/bar",
        "ref+vault://mykv/foo#/a/b",
        "ref+vault://mykv/foo/bar",
        "ref+vault://mykv/foo?role_id=my-kube-role#/bar",
        "ref+openbao://mykv/foo?version=3#/bar",
        "secretref+vault://mykv/foo#/bar",
        "ref+vault://127.0.0.1:8200/mykv/foo?proto=http#/mykey",
        "ref+awssecrets://a/b#/c",
        "<path:/secret/data/harbor#password>",
        "<path:some/path#key>",
        "<path:keyvault#password#33740fc26214497f8904d93f20f7db6d>",
        "<path:projects/12345678987/secrets/test-secret#password#latest>",
        "<path:ibmcloud/imported_cert/secrets/groups/123#my-cert-secret#previous | jsonPath {.certificate}>",
        "<path:secrets/data/my-db#credentials | jsonPath {.username}{':'}{.password}>",
        '{{ with secret "secret/passwords?version=1" }}{{ .Data.data.k }}{{ end }}',
        '{"auths": {"h": {"username": "vault:secret/data/d#u", "password": "vault:secret/data/d#p"}}}',
        "vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX9vyf7w==",
    ],
)  # fmt: skip
def test_forms_that_a_tool_documents_are_not_malformed(text: str) -> None:
    assert nearly(text) is None


def test_a_ciphertext_of_transit_is_known_by_its_length() -> None:
    assert is_ciphertext("vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX9vyf7w==")
    assert not is_ciphertext("vault:v1:short")


PIECES = ["vault:", "bao:", ">>", "${", "}", "<path:", ">", "ref+vault://", "secret", "/", "data/", "#", "k", "1",
          " ", "\n", "?version=", "..", '"', "{{ with secret ", " }}", ".Data.data.k", "{{ end }}", "ü", "|"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_it_never_raises_and_its_hint_differs_from_the_text(text: str) -> None:
    found = nearly(text)
    if found is not None:
        assert found.suggestion
        assert found.suggestion != text
        assert any(match.problem for match in read(text)) or not read(text)
    if parse(text):
        assert found is None


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_a_suggestion_without_gaps_is_a_reference_in_order(text: str) -> None:
    found = nearly(text)
    if found is not None and "KEY" not in found.suggestion and "VERSION" not in found.suggestion:
        again = nearly(found.suggestion)
        assert again is None or again.suggestion != text
