"""Texts merged line by line."""

from __future__ import annotations

import pytest

from sealward.merging.binary import merged_text


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "result"),
    [
        (b"1\n2\n3\n", b"0\n2\n3\n", b"1\n2\n4\n", b"0\n2\n4\n"),
        (b"1\n2\n3", b"0\n2\n3", b"1\n2\n3\n", b"0\n2\n3\n"),
        (b"1\n", b"2\n", b"3\n", None),
        (None, b"1\n", b"1\n", b"1\n"),
        (None, b"1\n", b"2\n", None),
        (b"\xff", b"\xff", b"\xfe", b"\xfe"),
        (b"1\n2\n3\n\xff", b"0\n2\n3\n\xff", b"1\n2\n4\n\xff", None),
    ],
)
def test_three_texts(base: bytes | None, ours: bytes, theirs: bytes, result: bytes | None) -> None:
    assert merged_text(base, ours, theirs) == result
