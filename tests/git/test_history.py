"""Git at the edge: what is tracked, staged, in a commit; when a line was last changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository
from tests.support.repo import make

if TYPE_CHECKING:
    from tests.support.repo import Repo

DAY = 86400


def commit(repo: Repo, patch: pytest.MonkeyPatch, time: int, content: str, path: str = "a.yaml") -> None:
    patch.setenv("GIT_AUTHOR_DATE", f"@{time} +0200")
    repo.commit({path: content})


def times(path: str = "a.yaml") -> list[int]:
    with Repository.around() as repository:
        return repository.line_times(path)


def test_each_line_has_its_own_time(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, monkeypatch, DAY, "a: 1\nb: 2\nc: 3\n")
    commit(repo, monkeypatch, 2 * DAY, "a: 1\nb: 5\nc: 3\n")
    assert times() == [DAY, 2 * DAY, DAY]


def test_a_new_indentation_a_move_and_a_new_name_are_no_changes(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = "api_key: ENC[AES256_GCM,data:FewGZC2la1PCa+t33gIob8g/HJvXX5HEzVu7RqU4/4LO]"
    commit(repo, monkeypatch, DAY, f"top:\n  {value}\n  end: true\n  more: 1\n")
    commit(repo, monkeypatch, 2 * DAY, f"top:\n    end: true\n    more: 1\n    {value}\n")
    repo.git("mv", "a.yaml", "b.yaml")
    repo.git("commit", "--quiet", "--message", "renamed")
    assert times("b.yaml")[3] == DAY


def test_a_line_that_is_not_committed_is_new(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, monkeypatch, DAY, "a: 1\nb: 2\n")
    repo.write({"a.yaml": "a: 1\nb: 3\n"})
    found = times()
    assert found[0] == DAY
    assert found[1] > 50 * 365 * DAY


def test_files_that_no_commit_holds(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write({"a.yaml": "a: 1\n"})
    repo.git("add", "a.yaml")
    assert times() == []
    commit(repo, monkeypatch, DAY, "x", path="other")
    repo.write({"b.yaml": "a: 1\n"})
    repo.git("add", "b.yaml")
    assert times("b.yaml") == []


def test_a_text_conversion_is_not_run(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """`diff=sopsdiffer`, as the documentation of SOPS sets it up, would decrypt the file."""
    commit(repo, monkeypatch, DAY, "*.yaml diff=sopsdiffer\n", path=".gitattributes")
    commit(repo, monkeypatch, DAY, "a: 1\nb: 2\n")
    repo.git("config", "diff.sopsdiffer.textconv", "touch ran; echo")
    assert times() == [DAY, DAY]
    assert not (repo.path / "ran").exists()


def test_a_shallow_clone_cannot_tell(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, monkeypatch, DAY, "a: 1\n")
    commit(repo, monkeypatch, 2 * DAY, "a: 1\nb: 2\n")
    clone = make(repo.path.parent / "clone")
    clone.git("fetch", "--quiet", "--depth=1", f"file://{repo.path}", "main")
    clone.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    monkeypatch.chdir(clone.path)
    with pytest.raises(SealwardError, match="shallow clone") as caught:
        times()
    assert "fetch-depth: 0" in caught.value.hint
