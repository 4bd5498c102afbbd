"""Templates of Vault Agent and consul-template: ``{{ with secret "PATH?version=N" }}{{ .Data.data.KEY }}``.

Sources: ``docs/templating-language.md`` and ``dependency/vault_read.go`` of hashicorp/consul-template, which
puts KV v2's ``data/`` in by itself; Go's text/template for the quoting. One pass over the text follows what
the dot and each variable stand for, so that every key of every secret is known. What Go's own reader would
refuse (a string without an end) is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.patterns import late
from sealward.references.reference import Match, as_kv, as_read, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = late(r"\\\"[^\"\\\n]*\\\"|\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"|`[^`]*`|-?\}\}|:=|\$\w*|\.\w+|\w+|\s+|.")
_LINE = late(r"[^\"\\\n]*(?:\\.[^\"\\\n]*)*")
_BLOCKS = frozenset(("with", "range", "if", "define", "block"))
_QUOTES = ('\\"', '"', "`")
SECRET, DATA, KEYS = 0, 1, 2
"""How far a value is followed: the answer of the server, its ``.Data``, and KV v2's ``.Data.data``."""


class _Token(NamedTuple):
    text: str
    start: int
    end: int

    @property
    def string(self) -> tuple[int, int] | None:
        """Where the text within quotes stands; None for anything else."""
        quote = next((one for one in _QUOTES if self.text.startswith(one)), "")
        if not quote or len(self.text) < 2 * len(quote):
            return None
        return self.start + len(quote), self.end - len(quote)


class _Call:
    """One ``secret "…"``: where its arguments and its block stand, and the keys that are read of it."""

    def __init__(self, arguments: list[tuple[int, int]], start: int, end: int) -> None:
        self.arguments = arguments
        self.start = start
        self.end = end
        self.keys: dict[str, None] = {}
        self.has_versions = False


class _Value(NamedTuple):
    call: _Call
    level: int


class _Frame(NamedTuple):
    """An open block: what the dot is in it, the call that it belongs to, and the dot of its ``else``."""

    dot: _Value | None
    call: _Call | None
    otherwise: _Value | None


def read(text: str) -> list[Match]:
    """Every secret that the templates in a text read, in order."""
    reader = _Reader(text)
    for start, end, tokens in _actions(text):
        reader.action(start, end, tokens)
    return [match for call in reader.calls if (match := _match(text, call))]


def _actions(text: str) -> Iterator[tuple[int, int, list[_Token]]]:
    """Each ``{{ … }}``: where it begins and ends, and its tokens without blanks."""
    at = text.find("{{")
    while at >= 0:
        begin = at + (3 if text.startswith("{{-", at) else 2)
        if text[begin : begin + 3].lstrip().startswith("/*"):
            end = text.find("*/", begin)
            if end < 0:
                return
            at = text.find("{{", end)
            continue
        tokens, end, is_whole = _tokens(text, begin)
        if is_whole:
            yield at, end, tokens
        at = text.find("{{", end)


def _tokens(text: str, at: int) -> tuple[list[_Token], int, bool]:
    """The tokens of an action, where reading went on to, and whether the action has an end."""
    tokens: list[_Token] = []
    while found := _TOKEN.match(text, at):
        token = _Token(found.group(), found.start(), found.end())
        at = token.end
        if token.text in ("}}", "-}}"):
            return tokens, at, True
        if token.text in _QUOTES:
            rest = _LINE.match(text, at) if token.text == '"' else None
            return tokens, rest.end() if rest else len(text), False
        if token.text.startswith("{") and text.startswith("{", at):
            return tokens, token.start, False
        if not token.text.isspace():
            tokens.append(token)
    return tokens, max(at, len(text)), False


class _Reader:
    """Follows the dot and the variables from action to action."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.calls: list[_Call] = []
        self.frames: list[_Frame] = []
        self.variables: dict[str, _Value] = {}

    def action(self, start: int, end: int, tokens: list[_Token]) -> None:
        """Take in one action."""
        words = [token.text for token in tokens]
        head = words[0] if words else ""
        if head == "end":
            closed = self.frames.pop() if self.frames else None
            if closed and closed.call:
                closed.call.end = max(closed.call.end, end)
            return
        if head == "else":
            words, tokens = words[1:], tokens[1:]
            head = words[0] if words else ""
            if self.frames:
                frame = self.frames.pop()
                if not words:
                    self.frames.append(frame._replace(dot=frame.otherwise))
            if not words:
                return
        value, used = self._values(start, end, tokens, words)
        name = words[1] if head == "with" and len(words) > 1 else head
        if name.startswith("$") and value and any(one in (":=", "=") for one in words[1:3]):
            self.variables[name] = value
        elif value and head not in ("with", "if"):
            value.call.keys.setdefault("")
        for call in used:
            call.end = max(call.end, end)
        if head in _BLOCKS:
            self.frames.append(self._frame(head, value))

    def _frame(self, head: str, value: _Value | None) -> _Frame:
        dot = self.frames[-1].dot if self.frames else None
        if head == "with" and value:
            return _Frame(value, value.call, dot)
        return _Frame(dot if head in ("if", "with") else None, value.call if value else None, dot)

    def _values(
        self, start: int, end: int, tokens: list[_Token], words: list[str]
    ) -> tuple[_Value | None, list[_Call]]:
        """The last value of an action that no key was taken of, and the calls that the action reads."""
        last: _Value | None = None
        used: list[_Call] = []
        at = 0
        while at < len(tokens):
            value, after = self._operand(start, end, tokens, words, at)
            if value is None:
                at = max(after, at + 1)
                continue
            used.append(value.call)
            follows, at = self._fields(value, tokens, after)
            last = follows or last
        return last, used

    def _operand(
        self, start: int, end: int, tokens: list[_Token], words: list[str], at: int
    ) -> tuple[_Value | None, int]:
        """What a token begins: a call of ``secret``, a variable, or the dot."""
        word = words[at]
        if word == "secret":
            arguments = []
            at += 1
            while at < len(tokens) and (argument := tokens[at].string):
                arguments.append(argument)
                at += 1
            if not arguments:
                return None, at
            call = _Call(arguments, start, end)
            self.calls.append(call)
            return _Value(call, SECRET), at + (at < len(tokens) and words[at] == ")")
        if word.startswith("$") and not (at + 1 < len(words) and words[at + 1] in (":=", "=")):
            return self.variables.get(word), at + 1
        dot = self.frames[-1].dot if self.frames else None
        if word.startswith(".") and dot is not None:
            return dot, at + (word == ".")
        return None, at + 1

    def _fields(self, value: _Value, tokens: list[_Token], at: int) -> tuple[_Value | None, int]:
        """Go along ``.Data.data.key`` or ``index … "key"``; None where that ends at a key."""
        call, level = value
        while at < len(tokens) and tokens[at].text.startswith(".") and len(tokens[at].text) > 1:
            joined = at == 0 or tokens[at - 1].end == tokens[at].start or level == value.level
            if not joined:
                break
            name = tokens[at].text[1:]
            at += 1
            if level == SECRET and name == "Data":
                level = DATA
            elif level == DATA and name == "data":
                level, call.has_versions = KEYS, True
            else:
                if level != SECRET and not (level == DATA and name == "metadata"):
                    call.keys.setdefault(name)
                return None, _skip(tokens, at)
        if level != SECRET and at < len(tokens) and (index := tokens[at].string):
            name = self.text[slice(*index)]
            if level == DATA and name == "data":
                call.has_versions = True
                return self._fields(_Value(call, KEYS), tokens, at + 1)
            call.keys.setdefault(name)
            return None, at + 1
        return _Value(call, level), at


def _skip(tokens: list[_Token], at: int) -> int:
    """Past the fields of a nested value."""
    while at < len(tokens) and tokens[at].text.startswith(".") and tokens[at - 1].end == tokens[at].start:
        at += 1
    return at


def _match(text: str, call: _Call) -> Match | None:
    """The reference of one call; None where its path is not one."""
    (start, end), *rest = call.arguments
    where, mark, query = text[start:end].partition("?")
    version, pin, before = None, (end, end), "&version=" if query else "version=" if mark else "?version="
    at = start + len(where) + 1
    for pair in query.split("&") if mark else ():
        if pair.startswith("version="):
            version, pin, before = version_of(pair[8:]), (at + 8, at + len(pair)), ""
        at += len(pair) + 1
    for begin, finish in rest:
        name, _, number = text[begin:finish].partition("=")
        if name.strip() == "version":
            number = number.strip()
            version, pin, before = version_of(number), (finish - len(number), finish), ""
    if not before and version is None:
        return None
    versioned = version is not None or call.has_versions
    location = as_read(where.strip())
    if location is not None and location.engine != "kv2" and versioned:
        location = as_kv(where.strip(), pinned=True)
    if location is None:
        return None
    references = tuple(location.reference(key, version, "template") for key in call.keys or ("",))
    return Match(start=call.start, end=call.end, references=references, pin=pin, before=before)
