"""Files are read through no link, no pipe is waited for, and what cannot be read is not clean."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sealward import worktree
from sealward.errors import SealwardError
from sealward.worktree import Left, read_file


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "broken").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


KINDS = [
    ("file", b"content"), ("empty", b""), ("link", Left.LINK), ("broken", Left.LINK), ("pipe", Left.SPECIAL),
]  # fmt: skip


@pytest.mark.parametrize(("name", "found"), KINDS)
def test_each_kind_of_file(top: Path, name: str, found: bytes | Left) -> None:
    assert read_file(str(top / name)) == found
    data = found if isinstance(found, bytes) else None
    assert worktree.reader(str(top))(name) == data
    assert worktree.tracked(str(top), name) == data


@pytest.mark.parametrize("name", ["absent", "folder", "file/below"])
def test_what_is_not_a_file(top: Path, name: str) -> None:
    with pytest.raises(OSError, match=r"No such file|Is a directory|Not a directory"):
        read_file(str(top / name))
    assert worktree.reader(str(top))(name) is None
    assert worktree.tracked(str(top), name) is None


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="no /proc here")
def test_a_file_whose_size_the_system_does_not_know_is_read_whole() -> None:
    assert read_file("/proc/version") == Path("/proc/version").read_bytes() != b""


@pytest.mark.parametrize(
    ("name", "told"), [("link", "is a symbolic link"), ("pipe", "is not a regular file")]
)
def test_a_configuration_is_a_file_itself(top: Path, name: str, told: str) -> None:
    with pytest.raises(SealwardError, match=told):
        worktree.configuration(str(top), name)


def test_a_configuration_that_is_not_there_is_none_and_a_folder_is_an_error(top: Path) -> None:
    assert worktree.configuration(str(top), "file") == b"content"
    assert worktree.configuration(str(top), "absent") is None
    with pytest.raises(SealwardError, match="it decides what is judged"):
        worktree.configuration(str(top), "folder")


def test_a_tracked_file_that_cannot_be_read_is_an_error(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: str) -> bytes:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(worktree, "read_file", refused)  # root may read everything
    with pytest.raises(SealwardError, match="file: Permission denied; make it readable"):
        worktree.tracked(str(top), "file")
