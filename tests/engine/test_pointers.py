"""A pointer to Git LFS is one whole; text that quotes one is a text."""

from __future__ import annotations

import pytest

from sealward.engine.pointers import is_pointer

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n"


@pytest.mark.parametrize(
    "data",
    [
        POINTER,
        POINTER[:-1],
        POINTER.replace(b"git-lfs.github", b"hawser.github"),
        POINTER.replace(b"oid", b"ext-0-x sha256:" + b"b" * 64 + b"\noid"),
    ],
)
def test_pointers(data: bytes) -> None:
    assert is_pointer(data)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"version: 3\n", POINTER + b"password: x\n", b"# " + POINTER, POINTER.replace(b"size 1", b"size x"),
        POINTER.replace(b"oid sha256", b"oid md5"), POINTER.replace(b"\n", b"\r\n"), POINTER + b" " * 1024,
    ],
)  # fmt: skip
def test_what_is_more_or_less_than_one(data: bytes) -> None:
    assert not is_pointer(data)
