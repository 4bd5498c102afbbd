"""Credentials go only where the operator pointed: whatever a stanza, or a rule, names."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sealward.sops.services import Holders, Operator, origin_of
from tests.support.listener import listening

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

VAULT = {"VAULT_ADDR": "https://vault.internal:8200", "VAULT_TOKEN": "t"}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/abc"
ROLE = "arn:aws:iam::123456789012:role/r"


def transit(address: str, rest: str = "/v1/transit/keys/k") -> tuple[str, str]:
    return "hc_vault", f"{address}{rest}"


FOLLOWED = [
    (VAULT, transit("https://vault.internal:8200")),
    (VAULT, transit("https://VAULT.internal:8200/")),
    (VAULT, transit("https://vault.internal:8200", "/v1/team/a/transit/keys/k-1.x")),
    ({"VAULT_ADDR": "https://vault.internal"}, transit("https://vault.internal:443")),
    ({"VAULT_ADDR": "https://vault.internal:443/"}, transit("https://vault.internal")),
    ({"BAO_ADDR": "https://bao.internal"}, transit("https://bao.internal")),
    ({"VAULT_ADDR": "http://127.0.0.1:8200"}, transit("http://127.0.0.1:8200")),
    ({"VAULT_ADDR": "http://[::1]:8200"}, transit("http://[::1]:8200")),
    ({"VAULT_ADDR": "http://v:8200", "SEALWARD_VAULT_HTTP": "true"}, transit("http://v:8200")),
    ({"SEALWARD_VAULT_TRANSIT": "https://a, https://b:8200/"}, transit("https://b:8200")),
    ({"SEALWARD_VAULT_TRANSIT": "http://a:8200"}, transit("http://a:8200")),
    ({}, ("kms", KEY)),
    ({}, ("kms", f"{KEY}|team:a,env:b")),
    ({"AWS_PROFILE": "p"}, ("kms", f"{KEY}|p")),
    ({"SEALWARD_KEY_SERVICES": f"{ROLE},p"}, ("kms", f"{KEY}+{ROLE}|team:a|p")),
    ({}, ("azure_kv", "https://team.vault.azure.net/keys/k/1")),
    ({"SEALWARD_KEY_SERVICES": "https://kv.internal/"}, ("azure_kv", "https://kv.internal/keys/k/1")),
    ({}, ("gcp_kms", "projects/p/locations/global/keyRings/r/cryptoKeys/k")),
    ({}, ("hckms", "tr-west-1:7b4a-1")),
    ({}, ("pgp", "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4")),
    ({}, ("age", "age1pwn1dpjkcmr0ypmk7unvvssqayl9")),
]
PASSED_OVER = [
    ({}, transit("https://vault.internal:8200")),
    (VAULT, transit("https://evil.example:8200")),
    (VAULT, transit("http://vault.internal:8200")),
    (VAULT, transit("https://vault.internal:8201")),
    (VAULT, transit("https://vault.internal")),
    (VAULT, transit("https://vault.internal:8200@evil.example")),
    (VAULT, transit("https://evil.example/https://vault.internal:8200")),
    (VAULT, transit("https://evil.example#https://vault.internal:8200")),
    (VAULT, transit("https://evil.example\\@vault.internal:8200")),
    (VAULT, transit("https://vault.internal:8200.evil.example")),
    (VAULT, transit("//vault.internal:8200")),
    (VAULT, transit("")),
    (VAULT, transit("https://vault.internal:8200", "/v1/sys/keys/../seal")),
    (VAULT, transit("https://vault.internal:8200", "/v1/sys/../sys/keys/seal")),
    (VAULT, transit("https://vault.internal:8200", "/v1/transit/keys/..")),
    (VAULT, transit("https://vault.internal:8200", "/v1/transit/keys/a?b")),
    (VAULT, transit("https://vault.internal:8200", "/v1/transit/keys/%2e%2e")),
    (VAULT, transit("https://vault.internal:8200/v1/secret/x?", "/v1/transit/keys/k")),
    ({"VAULT_ADDR": "http://vault.internal:8200"}, transit("http://vault.internal:8200")),
    ({"VAULT_ADDR": "http://127.0.0.1:8200"}, transit("http://127.0.0.1.evil.example:8200")),
    ({}, ("kms", f"{KEY}+{ROLE}")),
    ({}, ("kms", f"{KEY}|prod")),
    ({"AWS_PROFILE": "p"}, ("kms", f"{KEY}|team:a|prod")),
    ({}, ("kms", "arn:aws:kms:evil.example/x:1:key/abc")),
    ({}, ("azure_kv", "https://vault.azure.net.evil.example/keys/k/1")),
    ({}, ("azure_kv", "http://team.vault.azure.net/keys/k/1")),
    ({}, ("azure_kv", "https://evil.example/.vault.azure.net/keys/k/1")),
    ({}, ("gcp_kms", "https://evil.example/x")),
    ({}, ("hckms", "evil.example/:k")),
    ({}, ("pgp", "--output=x")),
]


@pytest.mark.parametrize(("environment", "recipient"), FOLLOWED)
def test_what_the_operator_points_to_is_used(environment: dict[str, str], recipient: tuple[str, str]) -> None:
    assert Operator.of(environment).objection(recipient) is None


@pytest.mark.parametrize(("environment", "recipient"), PASSED_OVER)
def test_what_only_the_file_points_to_is_passed_over(
    environment: dict[str, str], recipient: tuple[str, str]
) -> None:
    objection = Operator.of(environment).objection(recipient)
    assert objection is not None
    assert objection.hint


def test_one_stanza_that_is_passed_over_closes_its_kind() -> None:
    both = [transit("https://vault.internal:8200"), transit("https://evil.example")]
    holders = Holders(frozenset([*both, ("kms", KEY)]))
    assert set(Operator.of(VAULT).objections(holders)) == {"hc_vault"}
    assert set(Operator.of(VAULT).objections(holders._replace(unclear=True))) == {"hc_vault", "kms"}


@pytest.mark.parametrize(
    "text", ["", "vault", "ftp://a", "https://", "https://a b", "https://a/x", "https://a\n"]
)
def test_what_is_no_plain_address_has_no_origin(text: str) -> None:
    assert origin_of(text) is None


FORGED = """\
a: ENC[AES256_GCM,data:AAAA,iv:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,tag:AAAAAAAAAAAAAAAAAAAAAA==,type:str]
sops:
    hc_vault:
        - vault_address: %s
          engine_path: transit
          key_name: k
          created_at: "2026-01-01T00:00:00Z"
          enc: vault:v1:AAAAAAAAAAAA
    lastmodified: "2026-01-01T00:00:00Z"
    mac: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]
    version: 3.11.0
"""
STANZA = """\
    hc_vault:
        - vault_address: %s
          engine_path: transit
          key_name: k
          created_at: "2026-01-01T00:00:00Z"
          enc: vault:v1:AAAAAAAAAAAA
"""
HERE = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
COMMANDS = [
    "check --all", "check --all --require-keys", "status", "status --require-keys", "status --offline",
    "status --check --offline", "rotate secret/a b --dry-run", "reencrypt --dry-run", "reencrypt",
    "reencrypt --data-key --trust-new-recipients",
]  # fmt: skip


def run(repo: Repo, command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sealward", *command.split()],
        cwd=repo.path, env=HERE | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_forged_vault_stanza_gets_no_token(
    repo: Repo, sealer: Sealer, tmp_path: Path, command: str
) -> None:
    """Neither the token of the environment, nor that of ~/.vault-token, nor so much as a request."""
    (tmp_path / ".vault-token").write_text("hvs.FILE")
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "VAULT_ADDR": "http://127.0.0.1:1", "VAULT_TOKEN": "hvs.T",
        "SOPS_AGE_KEY_FILE": str(tmp_path / "keys.txt"),
    }  # fmt: skip
    good = sealer.seal("good.enc.yaml", "a: b\n").decode()
    with listening() as stranger:
        beside = good.replace("sops:\n", "sops:\n" + STANZA % stranger.address)
        repo.commit({"s.enc.yaml": FORGED % stranger.address, "good.enc.yaml": beside})
        for variables in (environment, {k: v for k, v in environment.items() if k != "VAULT_TOKEN"}):
            done = run(repo, command, variables)
            assert done.returncode in (0, 1, 2)
            assert "Traceback" not in done.stderr
        assert stranger.asked == []
        if "--require-keys" in command and command.startswith("check"):
            assert f"names the Vault at {stranger.address}, which VAULT_ADDR does not" in done.stdout


def test_the_address_can_be_allowed(repo: Repo, tmp_path: Path) -> None:
    with listening() as vault:
        repo.commit({"s.enc.yaml": FORGED % vault.address})
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "SEALWARD_VAULT_TRANSIT": vault.address,
        }
        run(repo, "check --all --require-keys", environment | {"VAULT_TOKEN": "hvs.T"})
        assert {(one.path, one.token) for one in vault.asked} == {("/v1/transit/decrypt/k", "hvs.T")}


def test_a_rule_does_not_send_a_data_key_to_a_stranger(repo: Repo, sealer: Sealer, tmp_path: Path) -> None:
    with listening() as stranger:
        uri = f"{stranger.address}/v1/transit/keys/k"
        rules = sealer.rules() + f"    hc_vault_transit_uri: {uri}\n"
        repo.commit({".sops.yaml": rules, "s.enc.yaml": sealer.seal("s.enc.yaml", "a: b\n")})
        environment = {
            "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "VAULT_TOKEN": "hvs.T",
            "SOPS_AGE_KEY_FILE": str(tmp_path / "keys.txt"),
        }  # fmt: skip
        for command in (
            "reencrypt --require-keys",
            "reencrypt --require-keys --data-key --trust-new-recipients",
        ):
            done = run(repo, command, environment)
            assert done.returncode == 2
            assert stranger.address in done.stderr
        assert stranger.asked == []


THEIRS = '{"hc_vault": [{"vault_address": "THEIRS", REST}]}, '
DISGUISES = {
    "nothing": ('"vault_address": "OURS"', ""),
    "a field in other case": ('"vault_address": "OURS", "VAULT_ADDRESS": "THEIRS"', ""),
    "a letter that folds": ('"vault_address": "OURS", "vault_addre\\u017f\\u017f": "THEIRS"', ""),
    "a block in other case": ('"vault_address": "OURS"', f'"SOPS": {THEIRS}'),
    "a second block": ('"vault_address": "OURS"', f'"sops": {THEIRS}'),
    "the field twice": ('"vault_address": "OURS", "vault_address": "THEIRS"', ""),
}
REST = (
    '"engine_path": "transit", "key_name": "k", "created_at": "2026-01-01T00:00:00Z", '
    '"enc": "vault:v1:AAAAAAAAAAAA"'
)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("disguise", DISGUISES)
def test_what_gos_json_takes_for_an_address_is_no_way_out(
    repo: Repo, tmp_path: Path, disguise: str, before: bool
) -> None:
    """sops reads the names of JSON fields in any case, and the last one wins."""
    fields, more = DISGUISES[disguise]
    sealed = f'"sops": {{"hc_vault": [{{{fields}, REST}}], "lastmodified": "2026-01-01T00:00:00Z", "mac": "MAC", VERSION}}, '
    text = "{" + (more + sealed if before else sealed + more) + '"a": "MAC"}'
    value = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"
    with listening() as stranger, listening() as ours:
        text = text.replace("REST", REST).replace("MAC", value).replace("VERSION", '"version": "3.11.0"')
        repo.commit({"s.enc.json": text.replace("OURS", ours.address).replace("THEIRS", stranger.address)})
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "VAULT_ADDR": ours.address}
        run(repo, "check --all --require-keys", environment | {"VAULT_TOKEN": "hvs.T"})
        run(repo, "rotate secret/a b --dry-run", environment | {"VAULT_TOKEN": "hvs.T"})
        assert stranger.asked == []
        assert disguise != "nothing" or ours.asked
