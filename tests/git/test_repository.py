"""Which repository a folder lies in, and what git says where it takes none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository, top_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repo import Repo


def test_a_folder_lies_in_the_nearest_repository(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write({"deep/er/a": "x"})
    found = Repository.find("deep/er")
    assert found is not None
    assert (found.top, found.prefix, found.bare) == (str(repo.path), "deep/er/", False)
    assert top_of("deep/er") == str(repo.path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repo.path))
    assert top_of("deep/er") is None


def test_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Repository.find() is None
    with pytest.raises(SealwardError, match="not inside a git repository"):
        Repository.around()


def test_one_without_a_work_tree(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({"a": "x"})
    repo.git("clone", "--quiet", "--bare", ".", "../bare")
    monkeypatch.chdir(repo.path.parent / "bare" / "refs")
    with Repository.around(bare=True) as repository:
        assert (repository.bare, repository.read("HEAD:a")) == (True, b"x")
    with pytest.raises(SealwardError, match="has no work tree"):
        Repository.around()


@pytest.mark.parametrize(
    ("broken", "said"),
    [("[core]\nrepositoryformatversion = 99\n", "refuses"), ("[core\n", "refuses")],
)
def test_a_repository_that_git_does_not_take_is_an_error(repo: Repo, broken: str, said: str) -> None:
    (repo.path / ".git" / "config").write_text(broken)
    with pytest.raises(SealwardError, match=said):
        Repository.find()


def test_a_head_that_names_a_missing_commit_is_not_an_empty_history(repo: Repo) -> None:
    with Repository.around() as repository:
        assert not repository.has_head()
    repo.commit({"a": "x"})
    head = repo.path / ".git" / "refs" / "heads" / "main"
    head.write_text("1" * 40 + "\n")
    with Repository.around() as repository, pytest.raises(SealwardError, match="not in this repository"):
        repository.has_head()


def test_a_commit_takes_just_the_named_paths_and_runs_hooks(repo: Repo) -> None:
    repo.commit({"a": "1", "b": "1"})
    repo.write({"a": "2", "b": "2"})
    hook = repo.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)
    with Repository.around() as repository:
        repository.commit(["a"], "more\n")
        assert repository.changed() == {"b"}
    assert (repo.path / "ran").exists()
