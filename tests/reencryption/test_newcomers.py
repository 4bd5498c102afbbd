"""For whom a data key is wrapped: whom the last commit does not have is asked for first."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from tests.commands.test_reencrypt import TEXT, recipients
from tests.support.sops import new_identity
from tests.support.terminal import on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

PLUGIN = "age1pwn1dpjkcmr0ypmk7unvvssqayl9"
COMMAND = [sys.executable, "-m", "sealward", "reencrypt"]


@pytest.fixture
def sealed(repo: Repo, sealer: Sealer) -> Repo:
    """A repository with one sealed file and its rule, both committed."""
    repo.commit({"secrets.enc.yaml": sealer.seal("secrets.enc.yaml", TEXT), ".sops.yaml": sealer.rules()})
    return repo


@pytest.fixture
def stranger(tmp_path: Path) -> str:
    return new_identity(tmp_path, "stranger.txt")[0]


@pytest.fixture
def plugin_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a plugin on PATH notes that it was started."""
    folder, log = tmp_path / "bin", tmp_path / "plugin.log"
    folder.mkdir()
    program = folder / "age-plugin-pwn"
    program.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return log


def edit_rule(repo: Repo, rules: str) -> None:
    """The operator edits the rule, and has not committed it."""
    (repo.path / ".sops.yaml").write_text(rules)


def test_an_uncommitted_recipient_needs_a_word_without_a_terminal(
    sealed: Repo, sealer: Sealer, stranger: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit_rule(sealed, sealer.rules(stranger))
    assert main(["reencrypt"]) == 2
    assert stranger in capsys.readouterr().err
    assert recipients(sealed) == [sealer.recipient]
    assert main(["reencrypt", "--trust-new-recipients"]) == 0
    assert set(recipients(sealed)) == {sealer.recipient, stranger}


def test_a_committed_rule_is_trusted(sealed: Repo, sealer: Sealer, stranger: str) -> None:
    sealed.commit({".sops.yaml": sealer.rules(stranger)})
    assert main(["reencrypt"]) == 0
    assert set(recipients(sealed)) == {sealer.recipient, stranger}


def test_who_leaves_is_no_newcomer(sealed: Repo, sealer: Sealer, stranger: str) -> None:
    sealed.commit(
        {
            "secrets.enc.yaml": sealer.seal("secrets.enc.yaml", TEXT, sealer.rules(stranger)),
            ".sops.yaml": sealer.rules(stranger),
        }
    )
    edit_rule(sealed, sealer.rules())
    assert main(["reencrypt"]) == 0
    assert recipients(sealed) == [sealer.recipient]


def test_on_a_terminal_it_is_one_question(sealed: Repo, sealer: Sealer, stranger: str) -> None:
    edit_rule(sealed, sealer.rules(stranger))
    shown = on_terminal(COMMAND, b"n\n")
    assert stranger.encode() in shown
    assert b"nothing was changed" in shown
    assert recipients(sealed) == [sealer.recipient]
    assert b"1 file replaced" in on_terminal(COMMAND, b"y\n")
    assert set(recipients(sealed)) == {sealer.recipient, stranger}


def test_a_dry_run_names_newcomers_and_starts_no_plugin(
    sealed: Repo, sealer: Sealer, plugin_log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit_rule(sealed, sealer.rules(PLUGIN))
    assert main(["reencrypt", "--dry-run"]) == 0
    assert "starts age-plugin-pwn" in capsys.readouterr().out
    assert main(["reencrypt", "--dry-run", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["new_recipients"] == [
        {"recipient": f"age {PLUGIN}", "paths": ["secrets.enc.yaml"], "plugin": "pwn"}
    ]
    assert not plugin_log.exists()


@pytest.mark.parametrize("options", [[], ["--dry-run"], ["--data-key"]])
def test_a_plugin_of_a_committed_rule_is_not_started_unasked(
    sealed: Repo, sealer: Sealer, plugin_log: Path, options: list[str]
) -> None:
    sealed.commit({".sops.yaml": sealer.rules(PLUGIN)})
    assert main(["reencrypt", *options]) == (0 if "--dry-run" in options else 2)
    assert not plugin_log.exists()


def test_a_plugin_that_is_trusted_by_name_is_started(sealed: Repo, sealer: Sealer, plugin_log: Path) -> None:
    edit_rule(sealed, sealer.rules(PLUGIN))
    assert main(["reencrypt", "--trust-new-recipients"]) == 2
    assert plugin_log.exists()


def test_a_dry_run_says_who_would_still_know_beside_newcomers(
    sealed: Repo, sealer: Sealer, stranger: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leaver = new_identity(tmp_path, "leaver.txt")[0]
    sealed.commit(
        {
            "secrets.enc.yaml": sealer.seal("secrets.enc.yaml", TEXT, sealer.rules(leaver)),
            ".sops.yaml": sealer.rules(leaver),
        }
    )
    edit_rule(sealed, sealer.rules(stranger))
    assert main(["reencrypt", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert f"age {leaver}" in out
    assert "secret/bot" in out
