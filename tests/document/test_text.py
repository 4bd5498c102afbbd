"""No encoding hides what stands in a file."""

from __future__ import annotations

import pytest

from sealward.document.text import decoded, is_plain

TEXT = "caf\u00e9: first line\nkey = value-of-the-key\nlast\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "latin-1",
     "cp1252"],
)  # fmt: skip
def test_encodings(encoding: str) -> None:
    assert decoded(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xfe\xff", "utf-16-be"), (b"\0\0\xfe\xff", "utf-32-be")])
def test_marks_of_the_other_order(mark: bytes, encoding: str) -> None:
    assert decoded(mark + TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("position", [0, 10, 30])
def test_a_stray_zero_byte_hides_nothing(position: int) -> None:
    data = TEXT.encode()
    found = decoded(data[:position] + b"\0" + data[position:])
    assert found is not None
    assert found.replace("\0", "") == TEXT


def test_text_inside_a_program() -> None:
    found = decoded(b"\x7fELF\2\1\1" + bytes(range(32)) * 40 + b"key = value-of-the-key\0" + bytes(500))
    assert found is not None
    assert "key = value-of-the-key" in found.splitlines()


@pytest.mark.parametrize("start", [b"\x89PNG\r\n\x1a\n", b"PK\3\4", b"\x1f\x8b\x08", b"%PDF-1.7"])
def test_what_is_compressed_is_left_out(start: bytes) -> None:
    assert decoded(start + bytes(range(256)) + b"key = value-of-the-key") is None


@pytest.mark.parametrize("start", [b"BMW", b"PK\3\4", b"%PDF-1.7\n", b"ID3 tags\n", b"RIFF"])
def test_a_text_that_only_begins_like_one_is_read(start: bytes) -> None:
    text = b"key = value-of-the-key\n" * 20
    assert decoded(start + text) == (start + text).decode()


@pytest.mark.parametrize("data", [b"", b"\0", b"\xff", b"\xff\xfe", b"\xff\xfe\0", b"\0\0\xfe\xff\xd8"])
def test_scraps(data: bytes) -> None:
    assert decoded(data) is not None


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        (b"text", True),
        ("h\u00fc".encode("latin-1"), True),
        ("text".encode("utf-16"), False),
        ("text".encode("utf-16-le"), False),
        ("text".encode("utf-32"), False),
    ],
)
def test_what_can_be_searched_as_bytes(data: bytes, plain: bool) -> None:
    assert is_plain(data) is plain
