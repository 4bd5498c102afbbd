"""The bytes of any file → text that can be searched, whatever its encoding.

Known kinds of tokens are ASCII, so it does not matter much which of several encodings a text has; but one
byte that is not UTF-8, or a byte order mark, must not hide the rest of a file.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32's little-endian mark begins with that of UTF-16, so it is asked for first."""

_SAMPLE = 4096
_ARCHIVES = (
    b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"\0\0\1\0", b"BM", b"%PDF-", b"PK\3\4", b"PK\5\6",
    b"\x1f\x8b",
    b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd", b"Rar!", b"wOFF", b"wOF2", b"OTTO",
    b"\0\1\0\0\0", b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"\0asm", b"SQLite format 3\0", b"II*\0",
    b"MM\0*",
)  # fmt: skip
"""Images, sound, fonts, archives: compressed, so that no text stands in them to be found."""

_RUN = rb"[\t\x20-\x7e]{16,}"
"""Text inside of a program, say: what ``strings`` shows of it, but longer."""


def decoded(data: bytes) -> str | None:
    """The text of a file; None for an image, an archive and the like.

    By its mark, by the shape of UTF-16 and UTF-32, as UTF-8; any other text as Latin-1, in which each byte
    is a character; and of what is not text the readable pieces, one a line.
    """
    text = wide(data)
    if text is not None:
        return text
    data = data.removeprefix(codecs.BOM_UTF8)
    sample = data[:_SAMPLE]
    if data.startswith(_ARCHIVES) and not _is_text(sample):
        return None
    if _is_text(sample):
        try:
            return data.decode()
        except UnicodeDecodeError:
            return data.decode("latin-1")
    return "\n".join(run.decode("ascii") for run in re.findall(_RUN, data))


def wide_encoding(data: bytes) -> str:
    """``utf-16-le``, ``utf-32-be`` and so on, by a file's mark or its shape; empty for any other file."""
    if is_plain(data):
        return ""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), _wide(data[:_SAMPLE]))


def wide(data: bytes) -> str | None:
    """The text of a file in UTF-16 or UTF-32; None for any other file."""
    encoding = wide_encoding(data)
    return data.decode(encoding, "replace").removeprefix("\ufeff") if encoding else None


def narrowed(data: bytes) -> bytes:
    """The same text in UTF-8, where the bytes are UTF-16 or UTF-32; else the bytes as they are."""
    text = wide(data)
    return data if text is None else text.encode("utf-8", "replace")


def is_plain(data: bytes) -> bool:
    """Cheaply: whether ASCII in the text is ASCII in the bytes, so that these can be searched as they are."""
    return data.find(b"\0", 0, _SAMPLE) < 0 and not data.startswith((b"\xff\xfe", b"\xfe\xff"))


def _wide(sample: bytes) -> str:
    """Which of UTF-16 and UTF-32 a text without a mark has, going by where its zero bytes stand."""
    size = len(sample) // 4 or 1
    share = [sample[at::4].count(0) / size for at in range(4)]
    if min(share[1:]) > 0.9 and share[0] < 0.1:
        return "utf-32-le"
    if min(share[:3]) > 0.9 and share[3] < 0.1:
        return "utf-32-be"
    if min(share[1], share[3]) > 0.4 and max(share[0], share[2]) < 0.1:
        return "utf-16-le"
    if min(share[0], share[2]) > 0.4 and max(share[1], share[3]) < 0.1:
        return "utf-16-be"
    return ""


def _is_text(sample: bytes) -> bool:
    """Whether almost no byte is a control character: a stray NUL does not make a file binary."""
    controls = len(sample.translate(None, _PRINTED))
    return controls * 50 <= len(sample) or (controls == 1 and len(sample) < 50)


_PRINTED = bytes({*range(0x20, 0x7F), *range(0x80, 0x100), *b"\t\n\r\f\b\x1b"})
