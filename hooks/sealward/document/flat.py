"""The flat metadata of dotenv and INI files → the same tree that YAML and JSON have.

sops writes ``sops_age__list_0__map_recipient``: ``__map_`` is a step into a mapping, ``__list_`` with a
number a step into a list.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.document.model import Entry, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

_STEP = re.compile(r"__(map|list)_")
MAX_INDEX = 1000
"""More key stanzas than any file has; a larger index is kept as a plain, unknown field."""
MAX_GAPS = 20_000
"""List items that may be named by a higher index alone: a few bytes could stand for a thousand."""
MAX_STEPS = 12
"""More steps than any name has that sops writes."""


def unflatten(fields: Iterable[tuple[str, Scalar]]) -> Mapping | None:
    """Build the metadata tree of flat names (without the ``sops_`` prefix) and their values.

    Returns None where there are no fields. A name that fits no place in the tree stays a field of its
    own at the top, where it will be reported as unknown.
    """
    tree: _Tree | None = None
    for name, value in fields:
        tree = tree or _Tree(value.line)
        steps = _steps(name)
        if len(steps) > MAX_STEPS or not tree.place(steps, value):
            tree.put(tree.root, name, value)
    return tree.root if tree else None


def _steps(name: str) -> list[str | int]:
    pieces = _STEP.split(name)
    steps: list[str | int] = [pieces[0]]
    for kind, step in zip(pieces[1::2], pieces[2::2], strict=True):
        steps.append(int(step) if kind == "list" and step.isdecimal() and len(step) < 5 else step)
    return steps


class _Tree:
    """The tree as it grows. Every entry is known by its mapping and name, so that a field costs its steps."""

    def __init__(self, line: int) -> None:
        self.root = Mapping(line, 1)
        self._known: dict[tuple[int, str], Node] = {}
        self._room = MAX_GAPS

    def put(self, node: Mapping, name: str, value: Node) -> None:
        """Append an entry."""
        node.entries.append(Entry(Scalar(name, "str", value.line, 1), value))
        self._known.setdefault((id(node), name), value)

    def place(self, steps: list[str | int], value: Scalar) -> bool:
        """Put a value at the end of its steps; False where they lead nowhere."""
        node: Node = self.root
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            child: Node
            if following is None:
                child = Scalar(_unescape(value.text), "str", value.line, value.column)
            else:
                child = (Sequence if isinstance(following, int) else Mapping)(value.line, value.column)
            if isinstance(node, Mapping) and isinstance(step, str):
                present = self._known.get((id(node), step))
                if present is None:
                    self.put(node, step, child)
            elif isinstance(node, Sequence) and isinstance(step, int) and self._reaches(node, step, value):
                present = node.items[step]
                if following is None:
                    node.items[step] = child
            else:
                return False
            if following is None:
                return present is None or isinstance(step, int)
            node = child if present is None else present
        return True

    def _reaches(self, node: Sequence, index: int, value: Scalar) -> bool:
        """Fill a list up to an index, which may come before lower ones (``list_10`` before ``list_2``)."""
        missing = index + 1 - len(node.items)
        if index > MAX_INDEX or missing > self._room:
            return False
        for _ in range(missing):
            node.items.append(Mapping(value.line, value.column))
            node.comments.append(())
        self._room -= max(missing - 1, 0)
        return True


def _unescape(text: str) -> str:
    r"""Newlines inside flat values are written as the two bytes ``\n``."""
    return text.replace("\\n", "\n")
