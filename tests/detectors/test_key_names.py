"""What the name of a key says: one table for values, comments and claims."""

from __future__ import annotations

import pytest

from sealward.detectors.key_names import last_key, names_public, names_secret, names_wealth


@pytest.mark.parametrize(
    "key",
    ["password", "db_pwd", "mnemonic", "signing_key", "dsn", "jwt", "encryptionKey", "api_key_2", "DB_PASSWORD",
     "password_prod", "token_unencrypted", "database_url", "recovery_codes"],
)  # fmt: skip
def test_names_of_secrets(key: str) -> None:
    assert names_secret(key)


@pytest.mark.parametrize(
    "key",
    ["host", "token_ttl", "public_key", "use_password", "existing_secret", "key_id", "password_policy", "pass_count",
     "secret_name", "", "unencrypted"],
)  # fmt: skip
def test_names_of_other_things(key: str) -> None:
    assert not names_secret(key)


def test_what_is_public_or_money() -> None:
    assert names_public("image_digest")
    assert names_wealth("token_address")
    assert not names_wealth("password")
    assert last_key(("a", 0, "b", 1)) == "b"
    assert last_key((0,)) == ""
