"""What git holds under a name, from one process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository

if TYPE_CHECKING:
    from tests.support.repo import Repo

NAMES = ["a.txt", "with blank", "line\nbreak", "ü", "\udcff", "deep/er/a"]


def test_every_name_is_read_whatever_it_holds(repo: Repo) -> None:
    repo.commit({name: f"in {name!r}" for name in NAMES})
    with Repository.around() as repository:
        for name in NAMES:
            assert repository.read(f"HEAD:{name}") == repository.read(f":{name}") == f"in {name!r}".encode()


@pytest.mark.parametrize("name", ["HEAD:none", ":none", "none:a", "HEAD:a b c", "HEAD:a\nb", "HEAD:", ""])
def test_there_is_no_such_file(repo: Repo, name: str) -> None:
    repo.commit({"a.txt": "x"})
    with Repository.around() as repository:
        assert repository.read(name) is None
        assert repository.read("HEAD:a.txt") == b"x"


def test_one_process_serves_every_call_and_a_copy_of_ours_has_its_own(repo: Repo) -> None:
    repo.commit({"a.txt": "x"})
    with Repository.around() as repository:
        first = repository.start()
        assert repository.read("HEAD:a.txt") == b"x"
        assert repository.start() is first
        child = os.fork()
        if not child:
            os._exit(0 if repository.start() is not first and repository.read("HEAD:a.txt") == b"x" else 1)
        assert os.waitpid(child, 0)[1] == 0
    assert first.poll() == 0


def test_a_blob_that_is_not_here_is_an_error(repo: Repo) -> None:
    repo.commit({"a.txt": "x"})
    with Repository.around() as repository, pytest.raises(SealwardError, match="is not in this repository"):
        repository.blob(b"1" * 40)


def test_both_sides_of_a_merge_are_previous_versions(repo: Repo) -> None:
    repo.commit({"a.txt": "base"})
    repo.git("checkout", "--quiet", "-b", "other")
    repo.commit({"a.txt": "theirs"})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"a.txt": "ours"})
    repo.git("merge", "other", check=False)
    with Repository.around() as repository:
        assert repository.previous("a.txt") == [b"ours", b"theirs"]
        assert repository.previous("none") == []
