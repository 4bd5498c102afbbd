"""git's settings: what the shell line makes of every way in which the driver can end."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from sealward.git import Repository
from sealward.merging.installation import MERGE, NOTES, merge_settings, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repo import Repo


@pytest.mark.parametrize(
    ("script", "status", "text"),
    [
        ("echo merged > $2; exit 0", 0, "merged\n"),
        ("echo '<<<<<<< ours' > $2; exit 1", 1, "<<<<<<< ours\n"),
        ("echo text > $2; exit 4", 4, "text\n"),
        ("exit 1", 1, "marked"),
        ("exit 2", 1, "marked"),
        ("exit 3", 1, "marked"),
        ("exit 126", 1, "marked"),
        ("kill -9 $$", 1, "marked"),
        ("", 1, "marked"),
    ],
)
def test_ours_never_stands_there_as_if_it_were_merged(
    tmp_path: Path, script: str, status: int, text: str
) -> None:
    program = tmp_path / "program"
    if script:
        program.write_text(f"#!/bin/sh\nshift 2\n{script}\n")
        program.chmod(0o755)
    for name in ("base", "ours", "theirs"):
        (tmp_path / name).write_text(f"{name}\n")
    line = dict(merge_settings(str(program)))[f"{MERGE}.driver"]
    for mark, word in (("%O", "base"), ("%A", "ours"), ("%B", "theirs"), ("%L", "7"), ("%P", "'a b'")):
        line = line.replace(mark, word)
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, check=False, capture_output=True)
    assert done.returncode == status
    held = (tmp_path / "ours").read_text()
    assert held == text if text != "marked" else held.startswith("<<<<<<< ours")


def test_what_is_wrong_is_seen(repo: Repo) -> None:
    with Repository.around() as found:
        assert state(found, attributes=False).problems == ()
        assert "no driver is set" in state(found, attributes=True).problems[0]
        repo.git("config", f"{MERGE}.name", "x")
        assert "every merge fails" in state(found, attributes=False).problems[0]
        repo.git("config", "diff.sealward.cachetextconv", "true")
        assert any("cachetextconv" in one for one in state(found, attributes=False).problems)
        repo.commit({"a": "x"})
        repo.git("update-ref", NOTES, "HEAD")
        assert any("is pushed" in one for one in state(found, attributes=False).problems)
