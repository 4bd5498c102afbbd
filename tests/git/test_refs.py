"""Branches of remotes and of ours, the files of a commit, when a branch moved; nobody is asked for them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sealward.git import Repository
from tests.support.repo import Repo

if TYPE_CHECKING:
    from pathlib import Path


def test_branches_and_remotes(repo: Repo, tmp_path: Path) -> None:
    first = repo.commit({"a": "1"})
    Repo(tmp_path).git("init", "--quiet", "--bare", "origin.git")
    repo.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    with Repository.around() as found:
        assert (found.remotes(), found.branches("refs/remotes/origin")) == (["origin"], [])
        assert found.remote_url("origin") == str(tmp_path / "origin.git")
        assert found.remote_url("other") == ""
        assert found.default_of("origin") == ""
        repo.git("push", "--quiet", "origin", "main", "main:release/1")
        repo.git("remote", "set-head", "origin", "main")
        names = [(one.name, one.commit) for one in found.branches("refs/remotes/origin")]
        assert names == [("origin/main", first), ("origin/release/1", first)], (
            "a remote's HEAD is not a branch"
        )
        assert found.default_of("origin") == "origin/main"
        assert found.fetched("origin") == ["+refs/heads/*:refs/remotes/origin/*"]
        moved = found.moved("refs/remotes/origin/main")
        assert moved is not None
        assert abs(moved - time.time()) < 3600
        assert found.moved("refs/remotes/origin/none") is None


def test_head_and_the_oldest_commit(repo: Repo) -> None:
    with Repository.around() as found:
        assert (found.head(), found.root_commit()) == (None, "")
        first = repo.commit({"a": "1"})
        second = repo.commit({"a": "2"})
        assert found.head() == ("main", second, "HEAD")
        assert found.root_commit() == first
        repo.git("switch", "--quiet", "--detach")
        assert found.head() == ("HEAD", second, "HEAD")


def test_files_of_a_commit_and_what_was_replaced(repo: Repo) -> None:
    commit = repo.commit({"a b": "one", "d/ü\n": "two"})
    (repo.path / "link").symlink_to("a b")
    repo.git("add", "link")
    repo.git("commit", "--quiet", "--message", "link")
    with Repository.around() as found:
        assert [(one.path, one.size) for one in found.tree("HEAD")] == [("a b", 3), ("d/ü\n", 3)]
        assert found.replaced(10, "HEAD") == []
        repo.commit({"a b": "three"})
        repo.git("rm", "--quiet", "d/ü\n")
        repo.git("commit", "--quiet", "--message", "gone")
        old = [(one.path, found.read(one.name)) for one in found.replaced(10, "HEAD")]
        assert old == [("d/ü\n", b"two"), ("a b", b"one")]
        assert [one.path for one in found.replaced(1, "HEAD")] == ["d/ü\n"]
        assert found.replaced(10, commit) == []
