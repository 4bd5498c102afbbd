"""What a person said yes to is remembered by hash, and forgotten by nobody."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sealward.allowed import Allowed
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe not text"])
def test_nothing_is_allowed_where_nothing_can_be_read(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "allowed").write_bytes(content)
    assert Allowed(str(tmp_path / "allowed")).hashes() == frozenset()


def test_hashes_are_added_to_those_that_are_there_and_others_cannot_read_them(tmp_path: Path) -> None:
    file = tmp_path / "allowed"
    Allowed(str(file)).add(["b", "a"])
    Allowed(str(file)).add(["c", "a"])
    assert Allowed(str(file)).hashes() == {"a", "b", "c"}
    assert file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["allowed"]


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SealwardError, match="cannot be written"):
        Allowed(str(tmp_path / "no" / "folder")).add(["a"])
