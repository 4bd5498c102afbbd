"""The same from JSON, which the server reads as well: keys and values with their places.

An object that holds nothing but objects is taken for labels: ``{"path": {"secret/data/app": {…}}}`` is
``path "secret/data/app" {…}``. Of what is not JSON the server's parser silently reads the begin, and drops
the rest: here that is refused.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from sealward.policies.tree import (
    DEEPEST,
    Entry,
    Mapping,
    Places,
    Scalar,
    Sequence,
    Unreadable,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<mark>[{}\[\]:,"])|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)'
    r"|(?P<word>true|false|null))"
)


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def read(text: str) -> Mapping:
    """The entries of a policy in JSON. Raises Unreadable where the server cannot parse it."""
    reader = _Reader(text)
    found = reader.mapping(reader.take(), 1)
    rest = reader.take()
    if rest.kind != "end":
        raise reader.wrong("something stands behind the object", rest)
    return Mapping(tuple(_flattened(found.entries)), found.at)


def _flattened(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries whose value is an object of objects, or a list of objects, as several with labels."""
    for entry in entries:
        value = entry.value
        if (
            isinstance(value, Sequence)
            and value.items
            and all(isinstance(one, Mapping) for one in value.items)
        ):
            yield from _flattened(Entry(entry.keys, one, block=True) for one in value.items)
        elif isinstance(value, Mapping):
            inner = value.entries
            if inner and all(isinstance(one.value, Mapping) for one in inner):
                yield from _flattened(Entry(entry.keys + one.keys, one.value, block=True) for one in inner)
            else:
                yield Entry(entry.keys, Mapping(tuple(_flattened(inner)), value.at), block=True)
        else:
            yield entry


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._places = Places(text)
        self._at = 0

    def take(self) -> _Token:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            return self._last()
        kind = match.lastgroup
        start = match.start(kind or 0)
        if match[kind or 0] == '"':
            return self._quoted(start)
        self._at = match.end()
        name = match[kind or 0] if kind == "mark" else (kind or "")
        return _Token(name, match[kind or 0], start, match.end())

    def _last(self) -> _Token:
        rest = self._text[self._at :]
        start = len(self._text) - len(rest.lstrip(" \t\r\n"))
        if start < len(self._text):
            raise Unreadable("is not JSON", self._places.at(start))
        return _Token("end", "", start, start)

    def _quoted(self, start: int) -> _Token:
        try:
            text, self._at = json.JSONDecoder().raw_decode(self._text, start)
        except json.JSONDecodeError as error:
            raise Unreadable("the text is not JSON", self._places.at(error.pos)) from None
        return _Token("text", text, start, self._at)

    def mapping(self, opening: _Token, depth: int) -> Mapping:
        self._check_depth(depth, opening)
        entries: list[Entry] = []
        token = self.take()
        while token.kind != "}" or entries:
            if token.kind != "text":
                raise self.wrong("a name in double quotes is expected", token)
            key = Scalar("text", token.text, self._places.at(token.start))
            colon = self.take()
            if colon.kind != ":":
                raise self.wrong("a colon is expected", colon)
            entries.append(Entry((key,), self._value(self.take(), depth), block=False))
            if self._ends("}"):
                break
            token = self.take()
        return Mapping(tuple(entries), self._places.at(opening.start))

    def _sequence(self, opening: _Token, depth: int) -> Sequence:
        self._check_depth(depth, opening)
        items: list[Value] = []
        token = self.take()
        while token.kind != "]" or items:
            items.append(self._value(token, depth))
            if self._ends("]"):
                break
            token = self.take()
        return Sequence(tuple(items), self._places.at(opening.start))

    def _ends(self, end: str) -> bool:
        """Whether an object or a list ends here; if not, a comma is taken."""
        token = self.take()
        if token.kind not in (end, ","):
            raise self.wrong(f"a comma or `{end}` is expected", token)
        return token.kind == end

    def _value(self, token: _Token, depth: int) -> Value:
        if token.kind == "{":
            return self.mapping(token, depth + 1)
        if token.kind == "[":
            return self._sequence(token, depth + 1)
        at = self._places.at(token.start)
        if token.kind == "text":
            return Scalar("text", token.text, at)
        if token.kind == "number":
            return Scalar("number", token.text, at)
        if token.kind == "word":
            return Scalar("null" if token.text == "null" else "bool", token.text, at)
        raise self.wrong("a value is expected", token)

    def _check_depth(self, depth: int, opening: _Token) -> None:
        if depth > DEEPEST:
            raise self.wrong(f"nested deeper than {DEEPEST}", opening)

    def wrong(self, reason: str, token: _Token) -> Unreadable:
        return Unreadable(reason, self._places.at(token.start))
