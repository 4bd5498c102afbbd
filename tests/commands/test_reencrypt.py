"""Re-encryption: sealed files follow their creation rule, values unchanged, in place or not at all."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from sealward import files
from sealward.cli import main
from sealward.document import parse
from sealward.errors import SealwardError
from sealward.sops import program as sops_program
from sealward.sops.format.ciphertext import parse as parse_ciphertext
from sealward.sops.format.metadata import Metadata
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


@pytest.mark.parametrize("options", [[], ["--data-key"]])
def test_a_recipient_is_removed_and_what_that_means_is_said(
    repo: Repo, sealer: Sealer, other: str, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    committed(repo, sealer, sealer.rules(other), sealer.rules())
    values = ciphertexts(repo)
    assert main(["reencrypt", *options]) == 0
    assert recipients(repo) == [sealer.recipient]
    assert not ciphertexts(repo) & values, "a fresh data key: every value is encrypted again"
    assert sealer.opened("a.yaml", (repo.path / "secrets.enc.yaml").read_bytes()) == TEXT
    assert main(["check", "--all", "--strict", "--only", "sops-recipients"]) == 0
    out = capsys.readouterr().out
    assert "fresh data key" in out
    assert "former recipient still knows" in out
    assert f"  age {other}" in out
    assert "  secret/bot  password  in secrets.enc.yaml" in out
    assert "  secrets.enc.yaml: renew by hand what is secret of 3 encrypted values without a reference" in out


def test_nobody_left(repo: Repo, sealer: Sealer, other: str, capsys: pytest.CaptureFixture[str]) -> None:
    committed(repo, sealer, sealer.rules(), sealer.rules(other))
    assert main(["reencrypt", "--data-key", "--then-rotate"]) == 0
    assert "still knows" not in capsys.readouterr().out


def test_it_is_said_until_the_next_commit(
    repo: Repo, sealer: Sealer, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    committed(repo, sealer, sealer.rules(other), sealer.rules())
    assert main(["reencrypt"]) == 0
    for known in (True, False):
        capsys.readouterr()
        assert main(["reencrypt"]) == 0
        out = capsys.readouterr().out
        assert "1 sealed file: all in line" in out
        assert ("secret/bot  password" in out) == known
        if known:
            repo.git("commit", "--all", "--quiet", "--message", "without them")


def test_json(repo: Repo, sealer: Sealer, other: str, capsys: pytest.CaptureFixture[str]) -> None:
    committed(repo, sealer, sealer.rules(other), sealer.rules())
    assert main(["reencrypt", "--dry-run", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    path = "secrets.enc.yaml"
    assert told == {
        "version": 1,
        "done": False,
        "finished": 0,
        "reencrypted": [{"path": path, "changes": [f"recipient - age {other}", "fresh data key"]}],
        "former": [{"path": path, "recipients": [f"age {other}"], "others": 3}],
        "new_recipients": [],
        "rotate": [{"secret": "secret/bot", "keys": ["password"], "files": [path], "dynamic": False}],
        "untried": [],
        "closed": [],
        "rotated": [],
        "failed": [],
        "problems": [],
    }
    assert repo.git("status", "--porcelain") == ""


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


@pytest.fixture
def three(repo: Repo, sealer: Sealer, other: str) -> Repo:
    """Three files that are to get another recipient."""
    names = ("a.enc.yaml", "b.enc.yaml", "c.enc.yaml")
    repo.commit({".sops.yaml": sealer.rules(other), **{name: sealer.seal(name, TEXT) for name in names}})
    return repo


@pytest.mark.parametrize("program", ["update_keys", "rotate_data_key"])
def test_sops_fails_at_the_third_file(
    three: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], program: str
) -> None:
    real = getattr(sops_program, program)

    def fails(path: str, *others: bytes, alone: bool) -> bytes:
        if path.startswith("c"):
            raise SealwardError(f"{path}: sops failed", "see why")
        made: bytes = real(path, *others, alone=alone)
        return made

    monkeypatch.setattr(sops_program, program, fails)
    assert main(["reencrypt", "--data-key"]) == 2
    assert capsys.readouterr().err == "sealward: c.enc.yaml: sops failed; see why\n"
    assert three.git("status", "--porcelain") == ""
    assert not (three.path / ".git" / "sealward-reencrypt").exists()


@pytest.mark.parametrize(("when", "changed"), [(1, 0), (2, 0), (3, 1), (4, 2)])
def test_the_disk_is_full(
    three: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], when: int, changed: int
) -> None:
    real, calls = files.write, iter(range(1, 100))

    def write(target: Path, data: bytes, mode: int, mark: str, **others: Path | None) -> None:
        if next(calls) == when:
            raise OSError(28, "No space left on device")
        real(target, data, mode, mark, **others)

    with monkeypatch.context() as fault:
        fault.setattr(files, "write", write)
        assert main(["reencrypt", "--data-key"]) == 2
    told = capsys.readouterr().err
    assert "No space left on device" in told
    assert told.count("\n") == 1
    assert ("next `sealward reencrypt` finishes the rest" in told) == (when > 1)
    assert three.git("status", "--porcelain").count(" M ") == changed
    if when > 1:
        assert main(["reencrypt", "--data-key", "--dry-run"]) == 2
        assert "a killed run was replacing 3 files" in capsys.readouterr().err
    assert main(["reencrypt", "--data-key"]) == 0
    finished = f"finished what a killed run began: {3 - changed} file"
    assert (finished in capsys.readouterr().out) == (when > 1)
    assert three.git("status", "--porcelain").count(" M ") == 3
    assert not list(three.path.rglob("*sealward*"))


def test_a_file_that_was_merely_touched_has_no_uncommitted_changes(three: Repo) -> None:
    os.utime(three.path / "a.enc.yaml", (1, 1))
    assert main(["reencrypt"]) == 0


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


def test_a_tracked_link_with_the_name_of_a_temporary_file_stops_the_run(
    three: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    """It once made any file of the user be overwritten, and code run from there."""
    victim = three.path / ".git" / "hooks" / "post-checkout"
    (three.path / ".c.enc.yaml.sealward-reencrypt").symlink_to(victim)
    three.git("add", "--all")
    three.git("commit", "--quiet", "--message", "a link")
    before = (three.path / "c.enc.yaml").read_bytes()
    assert main(["reencrypt", "--data-key"]) == 2
    assert ".c.enc.yaml.sealward-reencrypt: is tracked" in capsys.readouterr().err
    assert not victim.exists()
    assert (three.path / "c.enc.yaml").read_bytes() == before
