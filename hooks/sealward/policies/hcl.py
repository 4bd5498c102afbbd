"""The first HCL, in which the server reads policies: text → keys and values with their places.

Written after the scanner and the parser of ``hashicorp/hcl`` at version 1, which Vault and OpenBao use;
tests/policies/test_hcl.py asks the real server what it accepts. The second HCL, of Terraform, is another
language: it refuses JSON and blocks of quoted names, and takes expressions.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sealward.policies.tree import (
    DEEPEST,
    Entry,
    Mapping,
    Places,
    Scalar,
    Sequence,
    Spot,
    Unreadable,
    Value,
)

_TOKEN = re.compile(
    r"""
    (?P<space> [\ \t\r\n]+ | \#[^\n]* | //[^\n]* | /\*(?:[^*]|\*(?!/))*\*/ )
  | (?P<name> [^\W\d][\w.-]* )
  | (?P<number> -?0[xX][0-9a-fA-F]+ | (?:-?[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]*)? )
  | (?P<here> <<-?[\w]+\r?\n )
  | (?P<mark> [={}\[\],"] )
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"""\\(?: (?P<plain>[abfnrtv\\"]) | (?P<octal>[0-7]{3}) | x(?P<two>[0-9a-fA-F]{2})
    | u(?P<four>[0-9a-fA-F]{4}) | U(?P<eight>[0-9a-fA-F]{8}) )""",
    re.VERBOSE,
)
_PLAIN = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_PIECE = re.compile(r'[^"\\${}\n]+')
_CLOSED = {"{": "}", "[": "]"}


class _Token(NamedTuple):
    """``kind`` is a mark itself, or name, text, heredoc, number, bool, end; ``text`` what it means."""

    kind: str
    text: str
    start: int
    end: int


def read(text: str) -> Mapping:
    """The entries of a policy. Raises Unreadable where the server cannot parse it."""
    if "\0" in text:
        raise Unreadable("a NUL character is not HCL", Places(text).at(text.index("\0")))
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._places = Places(text)
        self._next = self._scan(0)

    def whole(self) -> Mapping:
        entries = []
        while self._next.kind != "end":
            entries.append(self._entry(1))
            self._skip_comma()
        return Mapping(tuple(entries), Spot(1, 1))

    def _entry(self, depth: int) -> Entry:
        keys: list[Scalar] = []
        while self._next.kind in ("name", "text", "bool"):
            token = self._take()
            if token.kind == "bool":
                raise self._wrong(f"{token.text} is no name", token)
            keys.append(Scalar("text", token.text, self._places.at(token.start)))
        token = self._take()
        if not keys:
            raise self._wrong(f"a name is expected, and {_called(token)} stands here", token)
        if token.kind == "=":
            if len(keys) > 1:
                raise self._wrong("a block has no `=` between its name and `{`", token)
            return Entry(tuple(keys), self._value(depth), block=False)
        if token.kind == "{":
            return Entry(tuple(keys), self._mapping(token, depth), block=True)
        raise self._wrong(
            f"`{keys[-1].text}` needs `{{` or `=` behind it, and {_called(token)} stands here", token
        )

    def _value(self, depth: int) -> Value:
        token = self._take()
        if token.kind in ("text", "heredoc", "number", "bool"):
            return self._scalar(token)
        if token.kind == "{":
            return self._mapping(token, depth)
        if token.kind == "[":
            return self._sequence(token, depth)
        raise self._wrong(f"a value is expected, and {_called(token)} stands here", token)

    def _scalar(self, token: _Token) -> Scalar:
        at = self._places.at(token.start)
        if token.kind == "number":
            return Scalar("number", token.text, at)
        return Scalar("bool" if token.kind == "bool" else "text", token.text, at)

    def _mapping(self, opening: _Token, depth: int) -> Mapping:
        self._check_depth(depth, opening)
        entries = []
        while self._next.kind != "}":
            if self._next.kind == "end":
                raise self._wrong("the `{` that is opened here is not closed", opening)
            entries.append(self._entry(depth + 1))
            self._skip_comma()
        self._take()
        return Mapping(tuple(entries), self._places.at(opening.start))

    def _sequence(self, opening: _Token, depth: int) -> Sequence:
        self._check_depth(depth, opening)
        items: list[Value] = []
        separated = True
        while self._next.kind != "]":
            if self._next.kind == "end":
                raise self._wrong("the `[` that is opened here is not closed", opening)
            if self._next.kind == ",":
                self._take()
                separated = True
                continue
            if not separated:
                raise self._wrong(f"a comma is missing before {_called(self._next)}", self._next)
            items.append(self._value(depth + 1))
            separated = isinstance(items[-1], Sequence)  # its parser wants no comma behind a list
        self._take()
        return Sequence(tuple(items), self._places.at(opening.start))

    def _check_depth(self, depth: int, opening: _Token) -> None:
        if depth > DEEPEST:
            raise self._wrong(f"nested deeper than {DEEPEST}", opening)

    def _skip_comma(self) -> None:
        if self._next.kind == ",":
            self._take()

    def _take(self) -> _Token:
        token = self._next
        if token.kind != "end":
            self._next = self._scan(token.end)
        return token

    def _scan(self, start: int) -> _Token:
        while start < len(self._text):
            match = _TOKEN.match(self._text, start)
            if match is None:
                raise self._illegal(start)
            kind, found = match.lastgroup, match[0]
            if kind == "space":
                start = match.end()
            elif kind == "name":
                return _Token("bool" if found in ("true", "false") else "name", found, start, match.end())
            elif kind == "number":
                return _Token("number", found, start, match.end())
            elif kind == "here":
                return self._heredoc(match)
            else:
                return self._quoted(start) if found == '"' else _Token(found, found, start, match.end())
        return _Token("end", "", len(self._text), len(self._text))

    def _quoted(self, start: int) -> _Token:
        """A text in double quotes; within ``${…}`` quotes and line breaks do not end it."""
        text, at, braces = self._text, start + 1, 0
        pieces: list[str] = []
        while at < len(text) and not (text[at] == "\n" and not braces):
            one = text[at]
            if one == '"' and not braces:
                return _Token("text", "".join(pieces), start, at + 1)
            piece = _PIECE.match(text, at)
            if piece:
                pieces.append(piece[0])
                at = piece.end()
                continue
            if one == "\\":
                escape = _ESCAPE.match(text, at)
                if escape is None:
                    raise Unreadable("the server knows no such escape", self._places.at(at))
                pieces.append(escape[0] if braces else self._unescaped(escape))
                at = escape.end()
                continue
            if not braces and text.startswith("${", at):
                braces, one = 1, "${"
            elif braces:
                braces += (one == "{") - (one == "}")
            pieces.append(one)
            at += len(one)
        raise Unreadable("the text that begins here is not closed", self._places.at(start))

    def _unescaped(self, escape: re.Match[str]) -> str:
        if escape["plain"]:
            return _PLAIN.get(escape["plain"], escape["plain"])
        number = int(escape["octal"], 8) if escape["octal"] else int(escape[escape.lastgroup or ""], 16)
        return "\ufffd" if number > 0x10FFFF or 0xD800 <= number < 0xE000 else chr(number)

    def _heredoc(self, match: re.Match[str]) -> _Token:
        indented = match[0].startswith("<<-")
        name = match[0].strip("<-\r\n")
        end = re.compile(rf"^[ \t]*{re.escape(name)}[ \t\r]*$", re.MULTILINE).search(self._text, match.end())
        if end is None:
            raise Unreadable(f"the text until {name} is not closed", self._places.at(match.start()))
        lines = self._text[match.end() : end.start()]
        if indented:
            lines = _unindented(lines)
        return _Token("heredoc", lines, match.start(), end.end())

    def _illegal(self, at: int) -> Unreadable:
        one = self._text[at]
        if one == "'":
            reason = "single quotes are not HCL: use double ones"
        elif self._text.startswith("/*", at):
            reason = "the comment that begins here is not closed"
        elif self._text.startswith("<<", at):
            reason = "a name is missing behind `<<`"
        else:
            reason = (
                f"{one!r} is not HCL" if one.isprintable() else f"the character U+{ord(one):04X} is not HCL"
            )
        return Unreadable(reason, self._places.at(at))

    def _wrong(self, reason: str, token: _Token) -> Unreadable:
        return Unreadable(reason, self._places.at(token.start))


def _unindented(lines: str) -> str:
    """The lines of ``<<-NAME`` without the blanks that all of them begin with."""
    each = lines.split("\n")
    filled = [len(line) - len(line.lstrip(" \t")) for line in each if line]
    cut = min(filled, default=0)
    return "\n".join(line[cut:] for line in each)


def _called(token: _Token) -> str:
    if token.kind == "end":
        return "the end of the file"
    return (
        f"`{token.text[:40]}`"
        if token.kind in ("name", "number", "bool")
        else ("a text" if token.kind in ("text", "heredoc") else f"`{token.kind}`")
    )
