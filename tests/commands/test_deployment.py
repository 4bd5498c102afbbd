"""What an action says before it asks a cluster; the rest runs on one in tests/deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.cli import main

if TYPE_CHECKING:
    import pytest

    from tests.support.repo import Repo


def test_without_settings_the_way_out_is_said(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"a": "b"})
    assert main(["deploy", "apply"]) == 2
    assert "there is no deploy.yaml in HEAD; write it, and commit it: targets:" in capsys.readouterr().err


def test_outside_of_a_repository(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(str(tmp_path))
    assert main(["deploy", "diff"]) == 2
    assert "not inside a git repository" in capsys.readouterr().err
