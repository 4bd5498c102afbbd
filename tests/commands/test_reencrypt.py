"""Re-encryption: sealed files follow their creation rule, values unchanged, in place or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.document import parse
from sealward.sops.ciphertext import parse as parse_ciphertext
from sealward.sops.metadata import Metadata
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

TEXT = "# why\nname: bot\npassword: vault:secret/data/bot#password#1\nlist:\n    - 1\n    - true\n"


def metadata(repo: Repo, path: str = "secrets.enc.yaml") -> Metadata:
    block = parse(path, (repo.path / path).read_bytes()).metadata
    assert block is not None
    return Metadata(block)


def recipients(repo: Repo) -> list[str]:
    return [key.name for key in metadata(repo).keys]


def ciphertexts(repo: Repo) -> set[str]:
    leaves = parse("a.yaml", (repo.path / "secrets.enc.yaml").read_bytes()).leaves
    return {leaf.text for leaf in leaves if parse_ciphertext(leaf.text)}


@pytest.fixture
def other(tmp_path: Path) -> str:
    return new_identity(tmp_path, "other.txt")[0]


def committed(repo: Repo, sealer: Sealer, rules: str, new_rules: str) -> None:
    """A file sealed under one rule, and the rule that now holds."""
    repo.commit({"secrets.enc.yaml": sealer.seal("secrets.enc.yaml", TEXT, rules), ".sops.yaml": new_rules})


def test_a_recipient_is_added(
    repo: Repo, sealer: Sealer, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    committed(repo, sealer, sealer.rules(), sealer.rules(other))
    values = ciphertexts(repo)
    assert main(["reencrypt"]) == 0
    assert set(recipients(repo)) == {sealer.recipient, other}
    assert ciphertexts(repo) == values
    assert f"recipient + age {other}" in capsys.readouterr().out
    assert main(["check", "--all"]) == 0


def test_a_recipient_is_removed_and_what_that_means_is_said(
    repo: Repo, sealer: Sealer, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    committed(repo, sealer, sealer.rules(other), sealer.rules())
    values = ciphertexts(repo)
    assert main(["reencrypt", "--data-key"]) == 0
    assert recipients(repo) == [sealer.recipient]
    assert not ciphertexts(repo) & values, "a fresh data key: every value is encrypted anew"
    assert sealer.opened("a.yaml", (repo.path / "secrets.enc.yaml").read_bytes()) == TEXT
    out = capsys.readouterr().out
    assert "fresh data key" in out
    assert "former recipient still knows" in out


def test_another_selector(repo: Repo, sealer: Sealer) -> None:
    rules = sealer.rules() + "    encrypted_regex: ^password$\n"
    committed(repo, sealer, rules, sealer.rules())
    assert b"name: bot" in (repo.path / "secrets.enc.yaml").read_bytes()
    assert main(["reencrypt", "secrets.enc.yaml"]) == 0
    assert b"name: ENC[" in (repo.path / "secrets.enc.yaml").read_bytes()
    assert sealer.opened("a.yaml", (repo.path / "secrets.enc.yaml").read_bytes()) == TEXT
    assert main(["check", "--all"]) == 0


def test_the_configuration_may_be_called_sops_yaml(repo: Repo, sealer: Sealer, other: str) -> None:
    repo.commit({"secrets.enc.yaml": sealer.seal("secrets.enc.yaml", TEXT), "sops.yaml": sealer.rules(other)})
    assert main(["reencrypt"]) == 0
    assert len(recipients(repo)) == 2


@pytest.mark.parametrize("arguments", [["--dry-run"], ["secrets.enc.yaml", "--dry-run"]])
def test_dry_run(
    repo: Repo, sealer: Sealer, other: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    committed(repo, sealer, sealer.rules(), sealer.rules(other))
    assert main(["reencrypt", *arguments]) == 0
    assert repo.git("status", "--porcelain") == ""
    assert "would reencrypt secrets.enc.yaml" in capsys.readouterr().out


def test_nothing_to_do(repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]) -> None:
    committed(repo, sealer, sealer.rules(), sealer.rules())
    assert main(["reencrypt"]) == 0
    assert repo.git("status", "--porcelain") == ""
    assert "1 sealed file: all in line" in capsys.readouterr().out


def test_all_files_or_none(
    repo: Repo,
    sealer: Sealer,
    other: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    committed(repo, sealer, sealer.rules(), sealer.rules(other))
    foreign = sealer.seal("z.enc.yaml", "a: b\n", sealer.rules().replace(sealer.recipient, other))
    repo.commit({"z.enc.yaml": foreign})
    assert main(["reencrypt"]) == 2
    assert "z.enc.yaml: no identity at hand opens it" in capsys.readouterr().err
    assert repo.git("status", "--porcelain") == ""


def test_uncommitted_changes(
    repo: Repo, sealer: Sealer, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    committed(repo, sealer, sealer.rules(), sealer.rules(other))
    file = repo.path / "secrets.enc.yaml"
    file.write_bytes(file.read_bytes() + b"\n")
    before = file.read_bytes()
    assert main(["reencrypt"]) == 2
    assert "secrets.enc.yaml has uncommitted changes" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_no_rule(repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"secrets.enc.yaml": sealer.seal("secrets.enc.yaml", TEXT)})
    assert main(["reencrypt", "secrets.enc.yaml"]) == 2
    assert "no creation rule claims secrets.enc.yaml" in capsys.readouterr().err
