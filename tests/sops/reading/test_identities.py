from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pyrage
import pytest

from sealward.sops.reading.identities import find
from sealward.sops.services import Holders

if TYPE_CHECKING:
    from pathlib import Path

KEY = str(pyrage.x25519.Identity.generate())
OTHER = str(pyrage.x25519.Identity.generate())


def _write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ("text", "native", "foreign", "problems"),
    [
        (f"{KEY}\n", 1, False, 0),
        (f"# created: today\n# public key: age1x\n{KEY}\n\n{OTHER}\r\n", 2, False, 0),
        ("", 0, False, 0),
        (f" {KEY}\n", 0, False, 1),
        (f"{KEY}\nnonsense\n", 0, False, 1),
        (f"{KEY}\nAGE-PLUGIN-YUBIKEY-1QQQQ\n", 1, True, 0),
        ("AGE-SECRET-KEY-PQ-1QQQQ\n", 0, True, 0),
        ("-----BEGIN AGE ENCRYPTED FILE-----\nxx\n", 0, True, 0),
    ],
    ids=["one", "two", "empty", "blank first", "nonsense", "plugin", "post-quantum", "passphrase"],
)
def test_a_key_file(tmp_path: Path, text: str, native: int, foreign: bool, problems: int) -> None:
    found = find({"SOPS_AGE_KEY_FILE": _write(tmp_path / "keys.txt", text)})
    assert (len(found.native), found.foreign, len(found.problems)) == (native, foreign, problems)
    assert bool(found) is bool(native or foreign)


def test_every_source_counts(tmp_path: Path) -> None:
    _write(tmp_path / ".config/sops/age/keys.txt", f"{KEY}\n")
    (tmp_path / ".ssh").mkdir()
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f"]
    subprocess.run([*make, tmp_path / ".ssh/id_ed25519"], check=True)
    subprocess.run([*make, tmp_path / "deploy"], check=True)
    environment = {
        "HOME": str(tmp_path),
        "SOPS_AGE_KEY": f"{KEY} {OTHER}",
        "SOPS_AGE_KEY_FILE": _write(tmp_path / "mine.txt", OTHER),
        "SOPS_AGE_KEY_CMD": f"echo '{KEY}'",
        "SOPS_AGE_SSH_PRIVATE_KEY_FILE": str(tmp_path / "deploy"),
        "PATH": "/usr/bin:/bin",
    }
    assert len(find(environment).native) == 7


def test_xdg_config_home(tmp_path: Path) -> None:
    _write(tmp_path / "xdg/sops/age/keys.txt", KEY)
    assert find({"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "xdg")})
    assert not find({"HOME": str(tmp_path)})


def test_what_cannot_be_read_is_named_and_nothing_of_it_shown(tmp_path: Path) -> None:
    environment = {
        "SOPS_AGE_KEY": "AGE-SECRET-KEY-1CANARY",
        "SOPS_AGE_KEY_FILE": str(tmp_path / "absent"),
        "SOPS_AGE_KEY_CMD": "false",
        "SOPS_AGE_SSH_PRIVATE_KEY_FILE": _write(tmp_path / "key", "CANARY"),
        "PATH": "/usr/bin:/bin",
    }
    found = find(environment)
    assert len(found.problems) == 4
    assert "CANARY" not in " ".join(found.problems)
    assert KEY[20:] not in repr(find({"SOPS_AGE_KEY": KEY}))


def test_an_ssh_key_with_a_passphrase_is_left_to_the_program(tmp_path: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "passphrase", "-f", tmp_path / "key"], check=True
    )
    found = find({"SOPS_AGE_SSH_PRIVATE_KEY_FILE": str(tmp_path / "key")})
    assert found.foreign
    assert found.for_program(Holders(frozenset([("age", "ssh-ed25519 AAAA")])))


NAMED = {
    "age": ("age", "age1x"),
    "pgp": ("pgp", "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4"),
    "kms": ("kms", "arn:aws:kms:eu-west-1:123456789012:key/abc"),
    "gcp_kms": ("gcp_kms", "projects/p/locations/global/keyRings/r/cryptoKeys/k"),
    "hc_vault": ("hc_vault", "https://vault.internal:8200/v1/transit/keys/k"),
}


@pytest.mark.parametrize(
    ("environment", "kind", "expected"),
    [
        ({}, "kms", False),
        ({"AWS_PROFILE": "x"}, "kms", True),
        ({"AWS_PROFILE": "x"}, "gcp_kms", False),
        ({"GOOGLE_APPLICATION_CREDENTIALS": "x"}, "gcp_kms", True),
        ({"VAULT_TOKEN": "x"}, "hc_vault", False),
        ({"VAULT_TOKEN": "x", "VAULT_ADDR": "https://vault.internal:8200/"}, "hc_vault", True),
        ({"PATH": "/nonexistent"}, "pgp", False),
        ({}, "age", False),
    ],
)
def test_a_key_service_is_tried_only_where_something_points_to_it(
    environment: dict[str, str], kind: str, expected: bool
) -> None:
    assert bool(find(environment).for_program(Holders(frozenset([NAMED[kind]])))) is expected
