"""Which commits are meant, and which paths differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository

if TYPE_CHECKING:
    from tests.support.repo import Repo


def test_commits_and_paths(repo: Repo) -> None:
    with Repository.around() as found:
        assert found.two_commits([])[1] == ""
        first = repo.commit({"a": "1", "b c": "1"})
        repo.git("checkout", "-q", "-b", "other")
        second = repo.commit({"a": "2"})
        repo.git("checkout", "-q", "main")
        third = repo.commit({"b c": "2"})
        assert found.two_commits(["other", "main"]) == (second, third)
        assert found.two_commits(["other..main"]) == (second, third)
        assert found.two_commits(["other...main"]) == (first, third)
        assert found.two_commits(["other..."]) == (first, third)
        assert found.two_commits([]) == (third, "")
        for wrong in (["absent"], ["--output=x"], ["a", "b", "c"]):
            with pytest.raises(SealwardError):
                found.two_commits(wrong)
        assert found.differing(second, third) == ["a", "b c"]
        assert found.differing(second, third, ["b c"]) == ["b c"]
        repo.write({"a": "3"})
        assert found.differing(third, "") == ["a"]
