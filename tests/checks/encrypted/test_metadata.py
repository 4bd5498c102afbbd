"""The block: complete, of possible shape, nothing hidden in it, the same in every document."""

from __future__ import annotations

import re

import pytest

from sealward.checks.encrypted.metadata import findings
from sealward.document import parse
from tests.support.examples import expand

SEALED = expand('{"a": "ENC[…]", "sops": …}')


def rules(text: str, path: str = "s.json") -> list[str]:
    return [one.rule for one in findings(parse(path, text.encode()))]


def test_a_sound_block() -> None:
    assert rules(SEALED) == []


@pytest.mark.parametrize(
    ("pattern", "new", "rule"),
    [
        (r'"mac": "[^"]*"', '"mac": ""', "metadata-incomplete"),
        (r'"mac": "[^"]*"', '"mac": "hunter2"', "malformed-ciphertext"),
        (r'("mac": "[^"]*)"', r'\1 hunter2"', "hidden-plaintext"),
        (r'"lastmodified": "[^"]*"', '"lastmodified": "yesterday"', "metadata-incomplete"),
        (r'"lastmodified": "[^"]*", ', "", "metadata-incomplete"),
        (r'"version": "[^"]*"', '"version": "hunter2"', "hidden-plaintext"),
        (r'"version": ', '"note": "hunter2", "version": ', "hidden-plaintext"),
        (r'"age": .*\]', '"age": []', "metadata-incomplete"),
        (r'"recipient": "[^"]*"', '"recipient": "hunter2"', "hidden-plaintext"),
        (r'"recipient": "[^"]*", ', "", "metadata-incomplete"),
        (r'(?s)("enc": "[^"]{200})[^"]{10}', r"\1", "damaged-key"),
        (
            r'"version": ',
            '"encrypted_regex": "a", "unencrypted_suffix": "b", "version": ',
            "metadata-incomplete",
        ),
    ],
)
def test_a_block_with_a_fault(pattern: str, new: str, rule: str) -> None:
    changed = re.sub(pattern, new, SEALED, count=1)
    assert changed != SEALED
    assert rule in rules(changed)
    assert "hunter2" not in repr(list(findings(parse("s.json", changed.encode()))))


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ("a: hunter2\n", ["plaintext-document"]),
        ("a: ''\n", ["plaintext-document"]),
        ("BLOCK", []),
        ("OTHER", ["hidden-plaintext"]),
    ],
)
def test_further_documents(second: str, found: list[str]) -> None:
    first = expand("a: ENC[…]\nsops: …\n")
    other = first.replace("3.11.0", "3.10.0")
    text = {"BLOCK": first, "OTHER": other}.get(second, second)
    assert rules(f"{first}---\n{text}", "s.yaml") == found


def test_a_block_behind_the_first_document_is_not_read_by_sops() -> None:
    assert rules(expand("b: c\n---\na: ENC[…]\nsops: …\n"), "s.yaml") == ["metadata-missing"]
