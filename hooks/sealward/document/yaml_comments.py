"""Finds comments in YAML text: libyaml throws them away, and secrets hide in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator

Found = tuple[str, int, int]
"""A comment's text after the ``#``, its line and its column (from 1)."""

_HASH = late(r"(?:(?<=[\s])|(?<=\A)|(?<=\ufeff))#([^\r\n]*)")
_BLOCK_HEADER = late(r"[|>][-+0-9]*[ \t]+#([^\r\n]*)")


def find_comments(text: str) -> Comments | None:
    """The candidates for comments in a text, or None where there is none."""
    matches = [(m.start(), m.group(1)) for m in _HASH.finditer(text)]
    return Comments(text, matches) if matches else None


class Comments:
    """A cursor over every ``#`` that may begin a comment; scalars are skipped as the parser meets them."""

    def __init__(self, text: str, matches: list[tuple[int, str]]) -> None:
        self._text = text
        self._matches = matches
        self._next = 0
        self._line = 0
        self._counted = 0

    def before(self, index: int) -> Iterator[Found]:
        """Take the comments that start before a character index."""
        while self._next < len(self._matches) and self._matches[self._next][0] < index:
            yield self._take()

    def on_line(self, line: int) -> Found | None:
        """Take the next comment if it stands on that line (from 0)."""
        if self._next == len(self._matches):
            return None
        start = self._matches[self._next][0]
        if self._line_of(start) != line:
            return None
        return self._take()

    def skip(self, start: int, end: int, block: bool) -> None:
        """Pass over what lies inside a scalar; a block scalar's header may carry a real comment."""
        header = _BLOCK_HEADER.match(self._text, start) if block else None
        while self._next < len(self._matches) and self._matches[self._next][0] < end:
            at = self._matches[self._next][0]
            if header is not None and at < header.end():
                return
            if block and self._is_after_block(at, start):
                return
            self._next += 1

    def _is_after_block(self, at: int, start: int) -> bool:
        """libyaml ends a block scalar at the next token, so comments after it lie inside its marks.

        Such a comment is indented less than the block's first line of text.
        """
        body = self._text.find("\n", start) + 1
        while body and body < at and self._text[body : self._text.find("\n", body)].strip() == "":
            body = self._text.find("\n", body) + 1
        content = re.compile(r" *").match(self._text, body)
        own = at - self._text.rfind("\n", 0, at) - 1
        return content is not None and own < content.end() - body

    def _take(self) -> Found:
        start, text = self._matches[self._next]
        self._next += 1
        line = self._line_of(start)
        column = start - self._text.rfind("\n", 0, start)
        return text, line + 1, column

    def _line_of(self, index: int) -> int:
        self._line += self._text.count("\n", self._counted, index) if index >= self._counted else 0
        self._counted = max(self._counted, index)
        return self._line
