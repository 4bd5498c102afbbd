"""Paths as people and hooks give them: files, folders, standard input; inside and outside of repositories."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from sealward.engine.paths import from_paths, is_hook
from sealward.errors import SealwardError
from sealward.worktree import Left

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repo import Repo


def read(*paths: str, name: str = "") -> dict[str, bytes | Left]:
    sources = from_paths(list(paths), name)
    loaded = [sources.load(item) for item in sources.items]
    return {one.path: one.data if one.left is None else one.left for one in loaded}


def test_in_a_repository_a_path_is_from_the_top(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write({"sub/a.txt": "a", "b.txt": "b"})
    monkeypatch.chdir(repo.path / "sub")
    assert read("a.txt", "../b.txt") == {"sub/a.txt": b"a", "b.txt": b"b"}


def test_of_a_folder_ignored_files_are_left_out(repo: Repo) -> None:
    repo.write({"sub/a.txt": "a", "sub/b.log": "b", ".gitignore": "*.log\n", "c.txt": "c"})
    (repo.path / "sub/link").symlink_to("a.txt")
    assert read("sub") == {"sub/a.txt": b"a", "sub/link": Left.LINK}
    assert read("sub/b.log") == {"sub/b.log": b"b"}, "whoever names a file means it"


def test_outside_of_any_repository_a_folder_is_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    (tmp_path / "sub" / "deep" / "a.txt").write_bytes(b"a")
    (tmp_path / "sub" / "link").symlink_to("deep")
    assert read("sub") == {"sub/deep/a.txt": b"a", "sub/link": Left.LINK}


def test_standard_input_has_the_name_that_it_is_given(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"text")))
    assert read("-", name="sub/x.yaml") == {"sub/x.yaml": b"text"}


@pytest.mark.parametrize("path", ["absent", "file/below"])
def test_a_path_that_is_not_there_is_an_error(repo: Repo, path: str) -> None:
    repo.write({"file": "x"})
    with pytest.raises(SealwardError, match="no such file"):
        read(path)


def test_in_a_hook_what_the_index_holds_is_judged(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({"a.txt": "recorded"})
    repo.write({"a.txt": "lies there"})
    assert not is_hook()
    assert read("a.txt") == {"a.txt": b"lies there"}
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.path / ".git" / "index"))
    assert is_hook()
    assert read("a.txt") == {"a.txt": b"recorded"}


def test_only_a_changed_file_has_a_version_before(repo: Repo) -> None:
    repo.commit({"a.txt": "one"})
    repo.write({"a.txt": "two", "new.txt": "x"})
    sources = from_paths(["a.txt", "new.txt"])
    assert [sources.load(item).previous() for item in sources.items] == [[b"one"], []]
