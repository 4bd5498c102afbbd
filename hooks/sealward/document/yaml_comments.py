"""Finds comments in YAML text: libyaml throws them away, and secrets hide in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator

Found = tuple[str, int, int]
"""A comment's text after the ``#``, its line and its column (from 1)."""

_HASH = late("#")  # what stands before is looked at apart: a search for one character is quick
_BLOCK_HEADER = late(r"[|>][-+0-9]*[ \t]+#")
_REST = late(r"[^\r\n]*")


def find_comments(text: str) -> Comments | None:
    """The candidates for comments in a text, or None where there is none."""
    hashes = (match.start() for match in _HASH.finditer(text))
    marks = [at for at in hashes if at == 0 or text[at - 1].isspace() or text[at - 1] == "\ufeff"]
    return Comments(text, marks) if marks else None


class Comments:
    """A cursor over every ``#`` that may begin a comment; scalars are skipped as the parser meets them."""

    def __init__(self, text: str, marks: list[int]) -> None:
        self._text = text
        self._marks = marks
        self._next = 0
        self._line = 0
        self._counted = 0

    def before(self, index: int) -> Iterator[Found]:
        """Take the comments that start before a character index."""
        while self._next < len(self._marks) and self._marks[self._next] < index:
            yield self._take()

    def on_line(self, line: int) -> Found | None:
        """Take the next comment if it stands on that line (from 0)."""
        if self._next == len(self._marks):
            return None
        start = self._marks[self._next]
        if self._line_of(start) != line:
            return None
        return self._take()

    def in_header(self, start: int) -> Found | None:
        """Take the comment in the header of the block scalar that starts at a character index."""
        header = _BLOCK_HEADER.match(self._text, start)
        is_next = header is not None and self._next < len(self._marks)
        if header is None or not is_next or self._marks[self._next] != header.end() - 1:
            return None
        return self._take()

    def skip(self, start: int, end: int, block: bool) -> None:
        """Pass over what lies inside a scalar."""
        indentation: int | None = None
        while self._next < len(self._marks) and self._marks[self._next] < end:
            at = self._marks[self._next]
            if block:
                if indentation is None:
                    indentation = self._indentation(start, end)
                if at - self._text.rfind("\n", 0, at) - 1 < indentation:
                    return  # libyaml ends a block scalar at the next token: this stands behind its text
            self._next += 1

    def _indentation(self, start: int, end: int) -> int:
        """How far a block scalar's first line of text is indented."""
        at = self._text.find("\n", start, end) + 1
        while 0 < at < end:
            after = self._text.find("\n", at) + 1
            line = self._text[at : after or end]
            if line.strip():
                return len(line) - len(line.lstrip(" "))
            at = after
        return 0

    def _take(self) -> Found:
        start = self._marks[self._next]
        rest = _REST.match(self._text, start + 1)
        assert rest is not None
        while self._next < len(self._marks) and self._marks[self._next] < rest.end():
            self._next += 1  # a mark within a comment begins no other
        line = self._line_of(start)
        column = start - self._text.rfind("\n", 0, start)
        return rest.group(), line + 1, column

    def _line_of(self, index: int) -> int:
        self._line += self._text.count("\n", self._counted, index) if index >= self._counted else 0
        self._counted = max(self._counted, index)
        return self._line
