"""What stands beside a file, now and before: in the work tree, in the index, in a range, among given ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.engine import beside
from sealward.git import Repository
from tests.support.entries import entries_of

if TYPE_CHECKING:
    from tests.support.repo import Repo


def test_in_the_work_tree_and_in_head(repo: Repo) -> None:
    repo.commit({"a/one": "1", "a/gone": "2"})
    (repo.path / "a/gone").unlink()
    repo.write({"a/new": "3", "a/one": "4"})
    with Repository.around() as repository:
        found = beside.in_work_tree(str(repo.path), repository)
        assert set(found.names("a")) == {"one", "gone", "new"}
        assert list(found.versions("a/one")) == [b"4", b"1"]
        assert list(found.versions("a/gone")) == [b"2"]
        assert not found.whole
    alone = beside.in_work_tree(str(repo.path), None)
    assert set(alone.names("a")) == {"one", "new"}


def test_in_the_index(repo: Repo) -> None:
    repo.commit({"a/one": "1", "a/gone": "2"})
    repo.git("rm", "--quiet", "a/gone")
    repo.write({"a/one": "3"})
    repo.git("add", "a/one")
    repo.write({"a/one": "4"})
    with Repository.around() as repository:
        found = beside.in_index(repository, ["a/one"])
        assert set(found.names("a")) == {"one", "gone"}
        assert list(found.versions("a/one")) == [b"3", b"1"]
        assert list(found.removed()) == ["a/gone"]


def test_in_a_range(repo: Repo) -> None:
    start = repo.commit({"a/one": "1", "a/gone": "2"})
    repo.commit({"a/one": "3"})
    repo.git("rm", "--quiet", "a/gone")
    repo.commit({"a/one": "4"})
    with Repository.around() as repository:
        found = beside.in_range(repository, start, "HEAD", repository.introduced(start, "HEAD"))
        assert set(found.names("a")) == {"one", "gone"}
        assert {b"1", b"3", b"4"} == set(found.versions("a/one"))
        assert list(found.removed()) == ["a/gone"]


def test_among_given_ones() -> None:
    found = beside.among(entries_of(["a/one", "two"]), {"two": b"2"}.get)
    assert (list(found.names("a")), list(found.names("")), list(found.names("b"))) == (["one"], ["two"], [])
    assert list(found.versions("two")) == [b"2"]
    assert found.whole
