"""The index and the work tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.git import Repository

if TYPE_CHECKING:
    from tests.support.repo import Repo


def test_tracked_files_are_regular_ones(repo: Repo) -> None:
    repo.write({"a.txt": "x", "b/c d": "x"})
    (repo.path / "link").symlink_to("a.txt")
    repo.git("add", "--all")
    with Repository.around() as repository:
        assert repository.tracked() == ["a.txt", "b/c d"]
        assert repository.links(["link", "a.txt"]) == {"link"}
        assert [blob.path for blob in repository.staged()] == ["a.txt", "b/c d", "link"]
        assert repository.uncommitted() == {"a.txt", "b/c d"}


def test_what_is_staged_changed_and_untracked(repo: Repo) -> None:
    repo.commit({"staged": "1", "changed": "1", "same": "1", "gone": "1", ".gitignore": "ignored\n"})
    repo.write({"staged": "2", "new": "1", "ignored": "1"})
    repo.git("add", "staged")
    repo.git("rm", "--quiet", "gone")
    repo.write({"changed": "2"})
    with Repository.around() as repository:
        assert [blob.path for blob in repository.staged()] == ["staged"]
        assert repository.changed() == {"staged", "changed", "gone"}
        assert repository.below("") == [".gitignore", "changed", "new", "same", "staged"]


def test_a_file_in_conflict_stands_once_in_the_index(repo: Repo) -> None:
    repo.commit({"a.txt": "base"})
    repo.git("checkout", "--quiet", "-b", "other")
    repo.commit({"a.txt": "theirs"})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"a.txt": "ours"})
    repo.git("merge", "other", check=False)
    with Repository.around() as repository:
        assert [entry.path for entry in repository.index()] == ["a.txt"]


def test_a_comparison_runs_no_filter_and_finds_what_a_filter_converts(repo: Repo) -> None:
    ran = repo.path.parent / "ran"
    repo.commit({".gitattributes": "*.enc filter=own\n", "a.enc": "1", "b.txt": "1"})
    repo.git("config", "filter.own.clean", f"touch {ran}; cat")
    repo.write({"a.enc": "2"})
    with Repository.around() as repository:
        assert repository.changed() == {"a.enc"}
        assert repository.converted() == repository.converted(["a.enc", "b.txt"]) == {"a.enc"}
    assert not ran.exists()


def test_our_temporary_names_are_found_anywhere(repo: Repo) -> None:
    repo.commit({"deep/.a.sealward-1x": "x", "a.sealward-1x": "x", ".b": "x"})
    with Repository.around() as repository:
        assert repository.temporary() == ["deep/.a.sealward-1x"]
