"""What HCL and JSON have in common once they are read: keys, values, and where each of them stands."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from sealward.errors import SealwardError

DEEPEST = 32
"""Nothing in a policy nests as deep."""


class Spot(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


class Scalar(NamedTuple):
    """A text, a number or a truth value, as text."""

    kind: Literal["text", "number", "bool", "null"]
    text: str
    at: Spot


class Sequence(NamedTuple):
    """``[…]``."""

    items: tuple[Value, ...]
    at: Spot


class Mapping(NamedTuple):
    """``{…}``, its entries in order: a key may be there more than once."""

    entries: tuple[Entry, ...]
    at: Spot


class Entry(NamedTuple):
    """``path "secret/data/app" {…}``, ``capabilities = […]``: keys (labels behind the first), and a value.

    ``block`` says that no ``=`` stands between them.
    """

    keys: tuple[Scalar, ...]
    value: Value
    block: bool


Value: TypeAlias = "Scalar | Sequence | Mapping"


class Unreadable(SealwardError):
    """A policy that the server cannot parse: where, and why."""

    def __init__(self, reason: str, at: Spot) -> None:
        super().__init__(f"{at.line}:{at.column}: {reason}", "fix it: the server refuses the policy")
        self.reason = reason
        self.at = at


class Places:
    """Offsets of a text → lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def at(self, offset: int) -> Spot:
        """The place of an offset."""
        from bisect import bisect_right

        line = bisect_right(self._starts, offset)
        return Spot(line, offset - self._starts[line - 1] + 1)
