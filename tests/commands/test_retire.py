"""`sealward retire`: what waits and why, what is revoked at once, what a person did by hand."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from sealward.cli import main
from tests.commands.test_rotate_retire import Issuer
from tests.support.rotations import Trio

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.fixture
def issuer(repo: Repo, sealer: Sealer, bao: Bao, tmp_path: Path) -> Issuer:
    """A secret with two versions, of which the first one waits, and is pinned in the last commit."""
    made = Issuer(Trio(repo, sealer, bao), tmp_path / "retired")
    assert made.rotate_one() == 0
    return made


def retire(issuer: Issuer, *words: str, seconds: float = 0.0) -> int:
    secret = f"{issuer.trio.bao.mount}/bot/one"
    return main(["retire", secret, *words], now=lambda: time.time() + seconds)


def data(issuer: Issuer, capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert retire(issuer, *words, "--format", "json") == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_what_waits_is_listed_and_nothing_changed(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    before = issuer.trio.bao.client.metadata(issuer.trio.bao.mount, "bot/one").custom
    listed = data(issuer, capsys, "--list")
    assert (listed["newest"], listed["revoked"]) == (2, [])
    assert [(one["version"], one["obstacle"]) for one in listed["waiting"]] == [(1, "pinned")]
    assert [one["pins"] for one in listed["registered"]] == ["1"], "what is deployed"
    assert retire(issuer, "--list") == 0
    assert "the newest version is 2" in capsys.readouterr().out
    assert issuer.trio.bao.client.metadata(issuer.trio.bao.mount, "bot/one").custom == before


def test_what_is_due_is_revoked(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    assert retire(issuer) == 0
    assert "is to be retired once a.enc.yaml is committed" in capsys.readouterr().out
    issuer.trio.repo.git("commit", "--quiet", "--all", "--message", "pins")
    assert retire(issuer) == 0
    assert retire(issuer, "--dry-run", seconds=61) == 0
    assert "would retire version 1" in capsys.readouterr().out
    assert issuer.retired == []
    assert retire(issuer, seconds=61) == 0
    assert "retired version 1" in capsys.readouterr().out
    assert issuer.retired == ["first value of one"]
    assert retire(issuer) == 0
    assert "nothing of" in capsys.readouterr().out
    assert [one["version"] for one in data(issuer, capsys, "--list")["revoked"]] == [1]


def test_at_once_needs_a_yes_and_names_who_uses_it(
    issuer: Issuer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert retire(issuer, "--now") == 2
    said = capsys.readouterr()
    assert "a.enc.yaml still pins version 1" in said.out
    assert "add --yes" in said.err
    assert issuer.retired == []
    found = data(issuer, capsys, "--now", "--yes")
    assert [one["version"] for one in found["retired"]] == [1]
    assert "which is revoked: re-pin and deploy it" in found["warnings"][0]
    assert issuer.retired == ["first value of one"]


def test_a_version_that_nobody_noted(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    issuer.trio.bao.put("bot/one", key="third")
    issuer.trio.bao.put("bot/one", key="fourth")
    issuer.trio.repo.git("commit", "--quiet", "--all", "--message", "pins")
    assert retire(issuer, "--version", "3") == 0
    assert "branch that pins this one may yet be merged" in capsys.readouterr().out
    assert retire(issuer, "--version", "3", "--now", "--yes") == 0
    assert issuer.retired == ["third"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--version", "2"), "is the newest one; rotate it first"),
        (("--version", "7"), "Vault has no version 7"),
        (("--done",), "--done goes with --version"),
        (("--list", "--now"), "three different things"),
        (("--version", "2", "--done"), "is the newest one"),
    ],
)
def test_what_cannot_be(
    issuer: Issuer, words: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert retire(issuer, *words) == 2
    assert reason in capsys.readouterr().err


def test_what_was_revoked_by_hand(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    assert retire(issuer, "--version", "1", "--done", "--dry-run") == 0
    assert "sealward-retire-1" in issuer.waiting
    assert retire(issuer, "--version", "1", "--done") == 0
    assert "version 1 of" in capsys.readouterr().out
    assert "sealward-retire-1" not in issuer.waiting
    assert "sealward-retired-1" in issuer.waiting
    assert issuer.retired == [], "no program ran"
    assert retire(issuer, "--version", "1") == 2
    assert "was revoked already" in capsys.readouterr().err
