"""Every version of every path, in all branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.git import Repository

if TYPE_CHECKING:
    from tests.support.repo import Repo


def test_versions_of_all_branches_and_when_they_came(repo: Repo) -> None:
    first = repo.commit({"a": "1", "b c": "x"})
    second = repo.commit({"a": "2"})
    repo.git("checkout", "-q", "-b", "other")
    third = repo.commit({"a": "3"})
    repo.git("rm", "-q", "b c")
    repo.git("commit", "-q", "--no-verify", "-m", "gone")
    repo.git("checkout", "-q", "main")
    with Repository.around() as found:
        versions = found.versions()
        assert sorted(versions) == ["a", "b c"]
        of_a = {commit: found.blob(name) for commit, name in versions["a"]}
        assert of_a == {third: b"3", second: b"2", first: b"1"}
        assert [commit for commit, _ in found.versions(["main"])["a"]] == [second, first]
        moments = found.moments([first, third])
        assert moments[first].author == "Test"
        assert moments[third].time >= moments[first].time > 1_700_000_000
        assert found.moments([]) == {}
