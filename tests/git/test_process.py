"""How git is started, and what it says where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import process

if TYPE_CHECKING:
    from pathlib import Path


def test_without_git_there_is_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SealwardError, match="no git on PATH"):
        process.run(["version"], str(tmp_path))
    with pytest.raises(SealwardError, match="no git on PATH"):
        process.start(["version"], str(tmp_path))


def test_git_says_in_english_why_it_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    done = process.run(["-c", "a.b=c", "rev-parse", "--verify", "none"], str(tmp_path))
    with pytest.raises(SealwardError, match="git rev-parse failed: fatal: not a git repository"):
        process.checked(["-c", "a.b=c", "rev-parse"], done)


def test_a_run_that_succeeds_is_no_error(tmp_path: Path) -> None:
    done = process.run(["version"], str(tmp_path))
    process.checked(["version"], done)
    assert done.stdout.startswith(b"git version")
