"""Whether there is a commit yet; files of our own in the git directory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository

if TYPE_CHECKING:
    from tests.support.repo import Repo


def test_a_file_of_ours_is_never_tracked(repo: Repo) -> None:
    with Repository.around() as repository:
        found = repository.private("sealward-x")
    assert os.path.isabs(found)
    assert found == str(repo.path / ".git" / "sealward-x")


def test_each_work_tree_has_files_of_its_own(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({"a": "x"})
    repo.git("worktree", "add", "--quiet", "../other")
    monkeypatch.chdir(repo.path.parent / "other")
    with Repository.around() as repository:
        assert repository.private("sealward-x") != str(repo.path / ".git" / "sealward-x")


def test_whether_there_is_a_commit(repo: Repo) -> None:
    with Repository.around() as repository:
        assert not repository.has_head()
        repo.commit({"a": "x"})
        assert repository.has_head()


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("HEAD", "0123456789012345678901234567890123456789\n", "not in this repository"),
        ("refs/heads/main", "no hash\n", "HEAD names a commit|cannot be read"),
    ],
)
def test_a_head_that_leads_nowhere_is_an_error(repo: Repo, file: str, content: str, told: str) -> None:
    repo.commit({"a": "x"})
    (repo.path / ".git" / file).write_text(content)
    with Repository(str(repo.path)) as repository, pytest.raises(SealwardError, match=told):
        repository.has_head()
