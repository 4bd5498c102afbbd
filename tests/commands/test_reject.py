"""`sealward reject`: a version that is bad is pinned by no run, and `git revert` stays reverted."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

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
    made = Issuer(Trio(repo, sealer, bao), tmp_path / "retired")
    assert made.rotate_one("--commit") == 0
    return made


def reject(issuer: Issuer, *words: str) -> int:
    return main(["reject", f"{issuer.trio.bao.mount}/bot/one", *words])


def test_a_revert_stays_reverted(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    """The next run that is due makes a new value, and adopts nothing."""
    bad = issuer.value(2)
    assert reject(issuer, "2", "--dry-run") == 0
    assert not any(name.startswith("sealward-rejected") for name in issuer.waiting)
    assert reject(issuer, "2") == 0
    out = capsys.readouterr().out
    assert "still pinned by a.enc.yaml" in out
    assert "sealward pin" in out
    issuer.trio.repo.git("revert", "--no-edit", "HEAD")
    assert issuer.trio.pins()["one"] == {1}
    later = time.time() + 8 * 86400
    assert main(["rotate", "--due", "--yes", "--commit"], now=lambda: later) == 0
    assert issuer.trio.pins()["one"] == {3}
    assert issuer.value(3) not in (bad, "first value of one")
    assert {"sealward-retire-1", "sealward-retire-2"} <= set(issuer.waiting), "the rejected value, too"


def test_what_is_said_to_programs(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert reject(issuer, "2", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["rejected"], found["good"], found["keys"]) == (2, 1, ["key"])
    assert found["pinned_by"] == ["a.enc.yaml"]


@pytest.mark.parametrize(
    ("version", "reason"), [("1", "no good version before 1"), ("7", "has no version 7"), ("x", "version")]
)
def test_what_cannot_be(
    issuer: Issuer, version: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if version == "x":
        with pytest.raises(SystemExit, match="2"):
            reject(issuer, version)
    else:
        assert reject(issuer, version) == 2
    assert reason in capsys.readouterr().err.lower()


def test_of_an_older_version_only_the_mark_is_left(issuer: Issuer) -> None:
    issuer.trio.bao.put("bot/one", key="third")
    assert reject(issuer, "2") == 0
    assert "sealward-rejected" in issuer.waiting
    assert main(["pin", f"{issuer.trio.bao.mount}/bot/one", "2"]) == 2
