"""A real git repository to work in."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


class Repo:
    """A repository at ``path``; every method runs the real git."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *arguments: str, check: bool = True) -> str:
        """Run git here; returns its output, stdout and stderr."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, check=False, text=True, stdout=-1, stderr=subprocess.STDOUT
        )
        assert done.returncode == 0 or not check, done.stdout
        return done.stdout

    def write(self, files: dict[str, str | bytes]) -> None:
        """Write files, folders made as needed."""
        for name, content in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: dict[str, str | bytes]) -> str:
        """Write and commit files; returns the commit's name."""
        self.write(files)
        self.git("add", "--all", "--", *files)
        self.git("commit", "--quiet", "--no-verify", "--message", "test")
        return self.git("rev-parse", "HEAD").strip()


def make(path: Path) -> Repo:
    """An empty repository whose commits need no configuration of the machine."""
    path.mkdir(parents=True, exist_ok=True)
    repo = Repo(path)
    repo.git("init", "--quiet", "--initial-branch=main")
    for name, value in (
        ("user.name", "Test"),
        ("user.email", "test@example.org"),
        ("commit.gpgsign", "false"),
    ):
        repo.git("config", name, value)
    return repo


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A fresh repository, and the current folder is its top."""
    made = make(tmp_path / "repo")
    monkeypatch.chdir(made.path)
    return made
