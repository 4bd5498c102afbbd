"""JSON text → one document part, duplicates, order and places kept."""

from __future__ import annotations

import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING

from sealward.document.model import (
    MAX_DEPTH,
    TOO_DEEP,
    Entry,
    Mapping,
    Node,
    Part,
    Problem,
    Scalar,
    Sequence,
    Unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealward.document.model import Kind, ProblemRule

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Kind] = {"true": "bool", "false": "bool", "null": "null"}
_WORD = re.compile("true|false|null")


def parse(text: str) -> tuple[tuple[Part, ...], tuple[Problem, ...]]:
    """Read a JSON object.

    Returns the one part and the problems that leave it readable: duplicate keys, and data after the
    closing brace (an error for sops up to 3.12, ignored in silence since: a place to hide plaintext).
    Raises ``Unreadable`` for anything that is not a JSON object.
    """
    reader = _Reader(text)
    root = reader.document()
    metadata = None
    for entry in root.entries:
        if entry.key.text == "sops" and isinstance(entry.value, Mapping):
            metadata = entry.value
            root.entries = [e for e in root.entries if e is not entry]
            break
    return (Part(0, root, metadata),), tuple(reader.problems)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.depth = 0
        self._line = 1
        self._line_start = 0
        self._counted = 0

    def document(self) -> Mapping:
        at = self._skip(0)
        if self.text[at : at + 1] != "{":
            raise self._error(at, "a JSON object must begin with '{'")
        root, at = self._value(at)
        at = self._skip(at)
        if at < len(self.text):
            self._problem("hidden-plaintext", self._place(at), "data after the end of the JSON object")
        assert isinstance(root, Mapping)
        return root

    def _value(self, at: int) -> tuple[Node, int]:
        line, column = self._place(at)
        first = self.text[at : at + 1]
        if first == '"':
            text, end = self._string(at)
            return Scalar(text, "str", line, column), end
        if first == "{":
            return self._nested(at, self._object)
        if first == "[":
            return self._nested(at, self._array)
        number = _NUMBER.match(self.text, at)
        if number:
            kind: Kind = "float" if number.group(1) or number.group(2) else "int"
            return Scalar(number.group(), kind, line, column), number.end()
        word = _WORD.match(self.text, at)
        if word:
            return Scalar(word.group(), _WORDS[word.group()], line, column), word.end()
        raise self._error(at, "a value is expected here")

    def _nested(self, at: int, read: Callable[[int], tuple[Node, int]]) -> tuple[Node, int]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._unreadable(at, TOO_DEEP)
        result = read(at)
        self.depth -= 1
        return result

    def _object(self, at: int) -> tuple[Node, int]:
        node = Mapping(*self._place(at))
        seen: set[str] = set()
        at = self._skip(at + 1)
        if self.text[at : at + 1] == "}":
            return node, at + 1
        while True:
            key_place = self._place(at)
            if self.text[at : at + 1] != '"':
                raise self._error(at, "a key in double quotes is expected here")
            key, at = self._string(at)
            if key in seen:
                self._problem("duplicate-key", key_place, f"the key {key!r} stands here twice")
            seen.add(key)
            at = self._expect(self._skip(at), ":")
            value, at = self._value(self._skip(at))
            node.entries.append(Entry(Scalar(key, "str", *key_place), value))
            at = self._skip(at)
            if self.text[at : at + 1] == "}":
                return node, at + 1
            at = self._skip(self._expect(at, ","))

    def _array(self, at: int) -> tuple[Node, int]:
        node = Sequence(*self._place(at))
        at = self._skip(at + 1)
        if self.text[at : at + 1] == "]":
            return node, at + 1
        while True:
            value, at = self._value(at)
            node.items.append(value)
            node.comments.append(())
            at = self._skip(at)
            if self.text[at : at + 1] == "]":
                return node, at + 1
            at = self._skip(self._expect(at, ","))

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = scanstring(self.text, at + 1, True)
        except JSONDecodeError as error:
            raise self._error(error.pos, error.msg) from None
        return text, end

    def _expect(self, at: int, mark: str) -> int:
        if self.text[at : at + 1] != mark:
            raise self._error(at, f"{mark!r} is expected here")
        return at + 1

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        assert match is not None
        return match.end()

    def _place(self, at: int) -> tuple[int, int]:
        """Line and column of an index; indexes only ever grow, so each newline is counted once."""
        newlines = self.text.count("\n", self._counted, at)
        self._counted = max(at, self._counted)
        if newlines:
            self._line += newlines
            self._line_start = self.text.rfind("\n", 0, at) + 1
        return self._line, at - self._line_start + 1

    def _error(self, at: int, message: str) -> Unreadable:
        return self._unreadable(min(at, len(self.text)), f"not valid JSON: {message}")

    def _unreadable(self, at: int, message: str) -> Unreadable:
        line, column = self._place(at)
        return Unreadable(Problem(rule="invalid-syntax", line=line, column=column, message=message))

    def _problem(self, rule: ProblemRule, place: tuple[int, int], message: str) -> None:
        self.problems.append(Problem(rule=rule, line=place[0], column=place[1], message=message))
