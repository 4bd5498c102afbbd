"""`sealward rotate PATH --compromised`: a new value of every key now, and the old one revoked early, or at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from tests.commands.test_rotate_retire import Issuer
from tests.support.rotations import POLICY, Trio

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.fixture
def issuer(repo: Repo, sealer: Sealer, bao: Bao, tmp_path: Path) -> Issuer:
    return Issuer(Trio(repo, sealer, bao), tmp_path / "retired")


def leaked(issuer: Issuer, *words: str) -> int:
    return main(["rotate", f"{issuer.trio.bao.mount}/bot/one", "--compromised", *words])


REASON = ("--reason", "in a public\nlog")


def test_it_is_revoked_as_soon_as_nothing_deployed_holds_it(issuer: Issuer) -> None:
    """No key is named: the policy knows them. No grace, and not before the commit."""
    assert leaked(issuer, *REASON) == 0
    assert issuer.retired == []
    assert issuer.trio.pins()["one"] == {2}
    issuer.trio.repo.git("commit", "--quiet", "--all", "--message", "pins")
    assert main(["rotate", "--resume"]) == 0
    assert issuer.retired == ["first value of one"]


def test_with_the_commit_at_once_and_it_says_why(issuer: Issuer) -> None:
    assert leaked(issuer, *REASON, "--commit") == 0
    assert "compromised: in a public log" in issuer.trio.repo.git("log", "-1", "--format=%B")
    assert issuer.retired == ["first value of one"]


def test_at_once_whoever_uses_it(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    assert leaked(issuer, *REASON, "--revoke-now") == 2
    said = capsys.readouterr()
    assert "still used by a.enc.yaml (version 1)" in said.out
    assert "add --yes" in said.err
    assert (issuer.retired, issuer.trio.versions()["one"]) == ([], 1)
    assert leaked(issuer, *REASON, "--revoke-now", "--dry-run") == 0
    assert "still used by a.enc.yaml (version 1)" in capsys.readouterr().out
    assert issuer.retired == []
    assert leaked(issuer, *REASON, "--revoke-now", "--yes") == 0
    assert issuer.retired == ["first value of one"]
    assert "a.enc.yaml still pins version 1" in capsys.readouterr().out


def test_without_a_program_a_person_is_asked(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    policy = POLICY.format(mount=issuer.trio.bao.mount)
    issuer.trio.repo.commit({"vault/rotation.yaml": policy})
    assert leaked(issuer, *REASON, "--commit") == 0
    assert "--version 1 --done`" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["rotate", "secret/x", "--compromised"], "needs a --reason"),
        (["rotate", "--due", "--compromised", "--reason", "x"], "about one secret"),
        (["rotate", "secret/x", "k", "--revoke-now"], "go with --compromised"),
        (["rotate", "secret/x"], "no key of secret/x is named"),
    ],
)
def test_options_that_do_not_go_together(
    words: list[str], reason: str, repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert reason in capsys.readouterr().err
