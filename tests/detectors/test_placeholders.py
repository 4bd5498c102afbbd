"""Placeholders and public matter; and that what is asked first, cheaply, passes over none of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis.strategies import from_regex

from sealward.detectors import placeholders
from sealward.detectors.placeholders import is_harmless

PLACEHOLDERS = from_regex(
    re.compile(placeholders._PLACEHOLDER.pattern, placeholders._PLACEHOLDER.flags), fullmatch=True
)
PUBLIC = from_regex(re.compile(placeholders._PUBLIC.pattern, placeholders._PUBLIC.flags), fullmatch=True)


@given(PLACEHOLDERS)
@example("\u017fample")
@example("\u212aeeper:x")
@settings(max_examples=400, deadline=None)
def test_no_placeholder_is_passed_over(text: str) -> None:
    if placeholders._PLACEHOLDER.fullmatch(text.strip()) and len(text) <= placeholders._LONGEST:
        assert placeholders._may_fill(text.strip())


@given(PUBLIC)
@settings(max_examples=40, deadline=None)
def test_no_public_matter_is_passed_over(text: str) -> None:
    if placeholders._PUBLIC.fullmatch(text.strip()):
        assert is_harmless(text)


@pytest.mark.parametrize(
    "text",
    [
        "${DB_PASSWORD}", "$(cat key)", "$TOKEN", "{{ .Values.key }}", "{% raw %}", "#{token}#", "<%= key %>",
        "<your key>", "[your key]", "%TOKEN%", "@TOKEN@", "xxxx", "XXXX", "****", "....", "----", "____",
        "????", "####", "ENC[AES256,x]", "enc[pkcs7,x]", "!vault x", "op://vault/item", "secret://x", "ref+gcpsecrets://x",
        "secretref:x", "akv:x", "awssm:x", "awsps://x", "gsm:x", "bws:x", "doppler:x", "keeper:x",
        "Please change me", "CHANGE_ME", "replace-me", "fill in", "insert here", "set me", "put your key here",
        "add value", "enter your token", "use your key", "update me", "provide value", "TODO", "tbd", "FIXME",
        "redacted", "placeholder", "dummy", "example", "sample", "fake", "null", "none", "nil", "n/a", "NA",
        "unset", "empty", "your-key", "some_value", "",
    ],
)  # fmt: skip
def test_a_placeholder_of_every_kind(text: str) -> None:
    assert is_harmless(text)


@pytest.mark.parametrize("text", ["hunter2", "App 1 sends its orders to venue 2", "production", "xk42"])
def test_other_text_is_no_placeholder(text: str) -> None:
    assert not is_harmless(text)


@pytest.mark.parametrize(
    "text",
    [
        "<Tr0ub4dor&3xyz99>", "[Tr0ub4dor.3xyz]", "!hunter Tr0ub4dor&3xyz", "secret://Tr0ub4dor3xyz99",
        "ref+echo://hunter2hunter2hunter", "ref+file://hunter2", "ref+envsubst://hunter2", "<hunter2>", "[hunter2]",
        "$Tr0ub4dor3", "${PASSWORD:-Tr0ub4dor3xyz}", '{{ "Tr0ub4dor3xyz" | b64enc }}', "ENC[hunter2hunter]",
        "akv:Tr0ub4dor3xyz", "<xkqzvbnmwrtp>", "<s3cr3t>", "[correcth0rse]", "op://Tr0ub4dor3",
    ],
)  # fmt: skip
def test_a_literal_dressed_as_a_placeholder(text: str) -> None:
    assert not is_harmless(text)


@pytest.mark.parametrize(
    "text",
    [
        "<base64-encoded-key>", "<k8s-token>", "<API_KEY_1>", "<DB_PW>", "!secret db_password", "<SMTP_PWD>",
        "<generate with openssl rand -hex 32>", "<32 random bytes>", "<S3_ACCESS_KEY>", "$S3_KEY", "${TZ:-UTC}",
        "${PASSWORD:-postgres}", "<your-oauth2-token>", "<YOUR_CLOUDFLARE_API_TOKEN>", "<ghp_xxxxxxxxxxxx>",
        "{{ .Values.redis1master.password }}", "ref+vault://secret/app#/k", "ref+gcpsecrets://p/db2password",
    ],
)  # fmt: skip
def test_words_in_brackets(text: str) -> None:
    assert is_harmless(text)
