"""Whether git would commit is in tests/commands/test_rotate_preconditions.py; here is what only git sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository

if TYPE_CHECKING:
    from tests.support.repo import Repo


def test_a_commit_of_some_paths_and_nothing_else(repo: Repo) -> None:
    repo.commit({"a": "1", "b": "1", "c*": "1", "cd": "1"})
    repo.write({"a": "2", "b": "2", "c*": "2", "cd": "2"})
    repo.git("add", "b")
    with Repository.around() as repository:
        repository.check_committable()
        name = repository.commit(["a", "c*"], "two")
    assert name == repo.git("rev-parse", "HEAD").strip()
    assert repo.git("status", "--porcelain") == "M  b\n M cd\n"


def test_in_a_linked_work_tree_its_own_state_counts(repo: Repo) -> None:
    repo.commit({"a": "1"})
    repo.git("worktree", "add", "--quiet", "../other")
    (repo.path / ".git" / "MERGE_HEAD").write_text("")
    with Repository(str(repo.path.parent / "other")) as other:
        other.check_committable()
    with Repository.around() as repository, pytest.raises(SealwardError, match="a merge is under way"):
        repository.check_committable()


def test_what_is_half_staged(repo: Repo) -> None:
    repo.commit({"a": "1", "b": "1", "c": "1", "d": "1"})
    repo.write({"a": "2", "b": "2", "c": "2"})
    repo.git("add", "a", "b")
    repo.write({"b": "3"})
    with Repository.around() as repository:
        assert repository.half_staged() == {"b"}
        assert repository.unmerged() == set()
