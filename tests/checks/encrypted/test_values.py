"""Each covered value is one whole ciphertext, at its own place, with a nonce of its own."""

from __future__ import annotations

import pytest

from sealward.checks.encrypted.values import findings
from sealward.document import parse
from tests.support.examples import ciphertext, expand

ONE, OTHER = ciphertext("one"), ciphertext("other")
IV = ONE.split(",")[2]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("a: ENC[…]\nb: ''\nc: null\nd: []\nsops: …", []),
        ("a: hunter2\nb: ENC[…]\nsops: …", ["plaintext-value"]),
        ("a: \"'ENC[x]'\"\nb: ENC[…]\nsops: …", ["plaintext-value"]),
        ('a: "ENC[AES256_GCM,data:"\nb: ENC[…]\nsops: …', ["malformed-ciphertext"]),
        (f"a: {ONE} and more\nsops: …", ["hidden-plaintext"]),
        ("a_unencrypted: ENC[…]\nb: ENC[…]\nsops: …", ["unexpected-ciphertext"]),
        ("a: ENC[…]\nb: !!int hunter2\nsops: … encrypted_regex ^a$", ["hidden-plaintext"]),
        (f"a: {ONE}\nb: {ONE}\nsops: …", ["reused-nonce"]),
        (f"a: {ONE}\nb: {OTHER.replace(OTHER.split(',')[2], IV)}\nsops: …", ["reused-nonce"]),
        (f"a: [{ONE}, {ONE}]\nsops: …", []),
        ("a: hunter2\nsops: … encrypted_regex ^typo$", ["inert-selector"]),
        ("a: hunter2\nsops: … encrypted_regex (?!a)", ["inert-selector"]),
        ("a: ''\nsops: … encrypted_regex ^typo$", []),
    ],
)
def test_findings(text: str, rules: list[str]) -> None:
    found = list(findings(parse("s.yaml", expand(f"{text}\n").encode())))
    assert [one.rule for one in found] == rules
    assert "hunter2" not in repr(found)


def test_a_quoted_ciphertext_has_words_of_its_own() -> None:
    [found] = findings(parse("s.yaml", expand(f"a: \"'{ONE}'\"\nsops: …\n").encode()))
    assert "in quotes or between blanks" in found.message
