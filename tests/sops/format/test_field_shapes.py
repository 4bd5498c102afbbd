"""What fields of the block can hold; what cannot be is said without the text."""

from __future__ import annotations

import pytest

from sealward.sops.format.field_shapes import MAX_REGEX, MAX_SUFFIX, impossible_field, impossible_key_fields
from sealward.sops.format.metadata import Key

SECRET = "hunter2hunter"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("version", "3.11.0"), ("version", "3.9.0-rc.1"), ("version", "1.14"), ("encrypted_regex", "^(a|b)$"),
        ("unencrypted_suffix", "_plain"), ("mac_only_encrypted", "true"), ("mac_only_encrypted", "False"),
        ("shamir_threshold", "2"), ("lastmodified", "anything"), ("mac", ""), ("version", ""),
        ("attention", "This section contains key material that should only be modified with extra care. See `sops -h`."),
    ],
)  # fmt: skip
def test_what_can_be(name: str, text: str) -> None:
    assert impossible_field(name, text) == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("version", SECRET), ("version", f"3.11.0 {SECRET}"), ("version", "1." + SECRET),
        ("encrypted_regex", SECRET * MAX_REGEX), ("encrypted_regex", f"a\n{SECRET}"),
        ("unencrypted_suffix", SECRET * MAX_SUFFIX), ("mac_only_encrypted", SECRET), ("shamir_threshold", SECRET),
        ("shamir_threshold", "123456"), ("attention", SECRET),
    ],
)  # fmt: skip
def test_what_cannot(name: str, text: str) -> None:
    said = impossible_field(name, text)
    assert said
    assert SECRET not in said


def key(kind: str, **fields: str) -> Key:
    return Key(kind=kind, name="", enc=fields.get("enc", ""), fields=fields, line=1, column=1)


@pytest.mark.parametrize(
    ("one", "wrong"),
    [
        (
            key(
                "pgp",
                fp="FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4",
                created_at="2026-01-01T00:00:00Z",
                enc="x",
            ),
            [],
        ),
        (key("pgp", fp=SECRET, created_at=SECRET), ["fp", "created_at"]),
        (key("kms", arn="arn:aws:kms:eu-west-1:123456789012:key/abc", role="", aws_profile="p"), []),
        (key("kms", arn=SECRET, role=SECRET), ["arn", "role"]),
        (key("azure_kv", vault_url="https://v.vault.azure.net", name="sops", version="0123"), []),
        (key("azure_kv", vault_url=SECRET, name="a b"), ["vault_url", "name"]),
        (key("hc_vault", vault_address="https://v:8200", engine_path="sops", key_name="k"), []),
        (key("hc_vault", vault_address=SECRET), ["vault_address"]),
        (key("gcp_kms", resource_id=SECRET), ["resource_id"]),
    ],
)
def test_fields_of_a_key(one: Key, wrong: list[str]) -> None:
    assert impossible_key_fields(one) == wrong
