"""What sops refuses in a creation rule is a defect, and what it takes is none: both asked of the program."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sealward.sops.format.creation_rules import BrokenConfiguration, load
from tests.support.sealed_documents import SOPS

if TYPE_CHECKING:
    from pathlib import Path

A = "age1de8ltp9c4a305vtgn47lh09qz4yl2e86qhurt0xnaaxdf5034evq0culeh"
B = "age189ldufv5zf8wxkytfq68dh953rtc8egr8vg6q6hpmcz4ugn4n33qfsfqpn"
SSH = (
    Ed25519PrivateKey.from_private_bytes(bytes(32))
    .public_key()
    .public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    .decode()
)
GROUPS = f"key_groups: [{{age: [{A}]}}, {{age: [{B}]}}]"

BAD = [
    "age: 5",
    "age: [5]",
    "age: true",
    "age: {a: b}",
    "age: age1notakey",
    f"age: '{A[:-1]}'",
    f"age: '{A[:-1]}q'",
    f"age: [{A}, age1notakey]",
    f"age: '{A.upper()}'",
    "age: ssh-ed25519 AAAA",
    "age: ''",
    "age: []",
    "path_regex: .*",
    "age: null",
    "pgp: 5",
    "kms: notanarn",
    "kms: 5",
    "gcp_kms: nope",
    "azure_keyvault: nope",
    "hc_vault_transit_uri: nope",
    "hckms: nope",
    "key_groups: []",
    "key_groups: [{}]",
    "key_groups: [{age: []}]",
    f"key_groups: [{{age: [{A}]}}, {{}}]",
    "key_groups: [{age: [age1notakey]}]",
    "key_groups: [{age: [5]}]",
    f"key_groups: [{{age: {A}}}]",
    f"key_groups: {{age: [{A}]}}",
    "key_groups: [x]",
    "key_groups: [{kms: [x]}]",
    f"shamir_threshold: 3, {GROUPS}",
    f"shamir_threshold: 1, {GROUPS}",
    f"shamir_threshold: -1, {GROUPS}",
    f"shamir_threshold: two, {GROUPS}",
    f"shamir_threshold: '2', {GROUPS}",
    f"unencrypted_suffix: a, encrypted_regex: b, age: {A}",
    f"unencrypted_suffix: a, encrypted_comment_regex: b, age: {A}",
    f"mac_only_encrypted: maybe, age: {A}",
    f"path_regex: [a], age: {A}",
    f"age: {A}, age: {B}",
]
GOOD = [
    f"age: {A}",
    f"age: '{A}, {B}'",
    f"age: '{A},,{B},'",
    f"age: [{A}, '{B}']",
    f"age: '{SSH}'",
    f"age: '{SSH} note'",
    f"age: {A}, pgp: null",
    f"key_groups: [], age: {A}",
    GROUPS,
    f"shamir_threshold: 2, {GROUPS}",
    f"shamir_threshold: 0, {GROUPS}",
    f"shamir_threshold: 1, key_groups: [{{age: [{A}]}}]",
    f"shamir_threshold: 2, key_groups: [{{age: [{A}]}}]",
    f"shamir_threshold: 2, age: {A}",
    f"encrypted_regex: '', unencrypted_suffix: x, age: {A}",
    f"encrypted_regex: '(', age: {A}",
    f"encrypted_regex: 5, age: {A}",
    f"mac_only_encrypted: true, age: {A}",
    f"unknown_field: x, age: {A}",
]


def _found(rule: str) -> bool:
    try:
        configuration = load(".sops.yaml", f"creation_rules: [{{{rule}}}]\n".encode())
    except BrokenConfiguration:
        return True
    return configuration is not None and bool(configuration.defects)


def _sops_refuses(rule: str, folder: Path) -> bool:
    (folder / ".sops.yaml").write_text(f"creation_rules: [{{{rule}}}]\n")
    (folder / "f").write_text("password: x\n")
    done = subprocess.run(
        [SOPS, "encrypt", "--filename-override", "g.yaml", "f"],
        cwd=folder, env={"PATH": os.environ["PATH"], "HOME": str(folder)}, capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode != 0


@pytest.mark.parametrize("rule", BAD)
def test_what_sops_refuses_is_a_defect(rule: str, tmp_path: Path) -> None:
    assert _found(rule)
    assert _sops_refuses(rule, tmp_path)


@pytest.mark.parametrize("rule", GOOD)
def test_what_sops_takes_is_none(rule: str, tmp_path: Path) -> None:
    assert not _found(rule)
    assert not _sops_refuses(rule, tmp_path)


@pytest.mark.parametrize(
    "rule",
    [
        "kms: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'",
        "kms: 'arn:aws-cn:kms:cn-north-1:111122223333:alias/x+arn:aws-cn:iam::111122223333:role/r'",
        "gcp_kms: projects/p/locations/global/keyRings/r/cryptoKeys/k",
        "azure_keyvault: https://v.vault.azure.net/keys/k/0123456789abcdef",
        "hc_vault_transit_uri: https://vault.example.com:8200/v1/transit/keys/k",
        "hckms: ['tr-west-1:test-key-0000']",
        "pgp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4",
        "encrypted_regex: ^data$",
    ],
)
def test_what_needs_a_server_or_the_command_line_is_none(rule: str) -> None:
    assert not _found(rule)


def test_a_rule_with_a_defect_still_claims() -> None:
    found = load(".sops.yaml", b"creation_rules: [{path_regex: ^a/, age: age1notakey}, null]\n")
    assert found is not None
    assert found.rule_for("a/b.yaml") is not None
    assert [defect.line for defect in found.defects] == [1]
    assert "age1notakey" not in found.defects[0].reason
