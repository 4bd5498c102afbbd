"""INI text → one document part, read as go-ini, sops's parser, reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.document.flat import unflatten
from sealward.document.model import Comment, Entry, Mapping, Part, Problem, Scalar, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTION = re.compile(r"\[(.*)\]")
_KEY = re.compile(r'"""(?P<triple>.*?)"""|"(?P<double>[^"]*)"|`(?P<tick>[^`]*)`|(?P<bare>[^=:]*)')
_DELIMITER = re.compile(r"[ \t]*[=:]")


def parse(text: str) -> tuple[tuple[Part, ...], tuple[Problem, ...]]:
    """Read sections of ``key = value`` lines; the section before any header is called ``DEFAULT``.

    Returns the one part (a mapping of mappings) and the duplicate keys.
    Raises ``Unreadable`` for a line that is neither header, comment nor assignment.
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.root = Mapping(1, 1)
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self.fields: list[tuple[str, Scalar]] = []

    def read(self) -> tuple[tuple[Part, ...], tuple[Problem, ...]]:
        section, name, seen, above = Mapping(1, 1), "DEFAULT", set[str](), list[str]()
        before: tuple[
            str, ...
        ] = ()  # sops puts a key's comments behind the key, a section's before its first
        rows = enumerate((line.rstrip("\r") for line in self.lines), 1)
        self._begin(name, section)
        for number, raw in rows:
            line = raw.strip()
            if not line:
                continue
            if line[0] in "#;":
                comment = line.lstrip("#;").strip()
                self.comments.append(Comment(comment, number, 1, (name,)))
                above.append(comment)
                continue
            header = _SECTION.match(line)
            if line[0] == "[" and header:
                section, name, seen = Mapping(number, 1), header.group(1).strip(), set()
                self._begin(name, section)
                before = tuple(above)
            else:
                key, value = self._assignment(number, raw, rows)
                if key.text in seen:
                    message = f"the key {key.text!r} stands here twice"
                    self.problems.append(
                        Problem(rule="duplicate-key", line=number, column=1, message=message)
                    )
                seen.add(key.text)
                if name == "sops":
                    self.fields.append((key.text, value))
                else:
                    section.entries.append(Entry(key, value, before))
                before = tuple(above)
            above = []
        self.root.entries = [e for e in self.root.entries if isinstance(e.value, Mapping) and e.value.entries]
        return (Part(0, self.root, unflatten(self.fields), tuple(self.comments)),), tuple(self.problems)

    def _begin(self, name: str, section: Mapping) -> None:
        if name != "sops":
            self.root.entries.append(Entry(Scalar(name, "str", section.line, 1), section))

    def _assignment(self, number: int, raw: str, rows: Iterator[tuple[int, str]]) -> tuple[Scalar, Scalar]:
        line = raw.lstrip().lstrip("\ufeff")
        match = _KEY.match(line)
        assert match is not None
        delimiter = _DELIMITER.match(line, match.end())
        key = (
            match.group("triple") or match.group("double") or match.group("tick") or match.group("bare") or ""
        ).strip()
        if delimiter is None or not key:
            raise Unreadable(
                Problem(
                    rule="invalid-syntax",
                    line=number,
                    column=1,
                    message="not valid INI: a line without a key and '='",
                )
            )
        rest = line[delimiter.end() :].lstrip()
        column = len(raw) - len(rest) + 1
        return Scalar(key, "str", number, 1), Scalar(self._value(rest, rows, number), "str", number, column)

    def _value(self, rest: str, rows: Iterator[tuple[int, str]], number: int) -> str:
        for quote in ('"""', "`"):
            if rest.startswith(quote):
                return self._raw(rest[len(quote) :], quote, rows, number)
        if len(rest) > 1 and rest[0] in "\"'" and rest[0] not in rest[1:-1]:
            closed = rest.rstrip()
            if closed[-1] == rest[0]:
                return closed[1:-1]
        pieces = [rest]
        while pieces[-1].endswith("\\"):
            pieces[-1] = pieces[-1][:-1]
            pieces.append(next(rows, (0, ""))[1].strip())
        return "".join(pieces)

    def _raw(self, rest: str, quote: str, rows: Iterator[tuple[int, str]], number: int) -> str:
        pieces = [rest]
        while quote not in pieces[-1]:
            row = next(rows, None)
            if row is None:
                raise Unreadable(
                    Problem(
                        rule="invalid-syntax",
                        line=number,
                        column=1,
                        message=f"not valid INI: {quote} is never closed",
                    )
                )
            pieces.append(row[1])
        pieces[-1] = pieces[-1].partition(quote)[0]
        return "\n".join(pieces)
