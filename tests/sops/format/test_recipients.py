from __future__ import annotations

import pytest

from sealward.sops.format.recipients import is_possible, short
from tests.sops.format.test_rule_defects import SSH

AGE = "age1de8ltp9c4a305vtgn47lh09qz4yl2e86qhurt0xnaaxdf5034evq0culeh"


@pytest.mark.parametrize(
    ("kind", "name"),
    [("age", AGE), ("age", SSH), ("pgp", "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4"), ("pgp", "A27381B4"),
     ("kms", "arn:aws:kms:us-east-1:123456789012:key/a-b"), ("hckms", "tr-west-1:0abc")],
)  # fmt: skip
def test_recipients(kind: str, name: str) -> None:
    assert is_possible(kind, name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("age", ""), ("age", "age1"), ("age", AGE[:-1]), ("age", AGE.upper()), ("age", f"{AGE} x"),
     ("age", AGE[:20] + ("q" if AGE[20] != "q" else "p") + AGE[21:]), ("age", "ssh-ed25519 AAAA"),
     ("age", SSH.replace("ssh-ed25519", "ssh-rsa", 1)), ("pgp", "hunter2hunter"), ("kms", "arn:aws:kms:x"),
     ("gcp_kms", "projects/p"), ("azure_kv", "http://v/keys/k"), ("hc_vault", "ftp://v/v1/transit/keys/k"),
     ("unknown", AGE)],
)  # fmt: skip
def test_what_cannot_be_a_recipient(kind: str, name: str) -> None:
    assert not is_possible(kind, name)


def test_a_message_shows_no_secret_in_place_of_a_recipient() -> None:
    assert short(AGE) == f"{AGE[:20]}…{AGE[-8:]}"
    assert short("hunter2hunter") == "(a text of 13 characters)"
    assert "\x1b" not in short("https://v/keys/k\x1b[31m/v")
