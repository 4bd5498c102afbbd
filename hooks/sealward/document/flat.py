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


def unflatten(fields: Iterable[tuple[str, Scalar]]) -> Mapping | None:
    """Build the metadata tree of flat names (without the ``sops_`` prefix) and their values.

    Returns None where there are no fields. A name that fits no place in the tree stays a field of its
    own at the top, where it will be reported as unknown.
    """
    root: Mapping | None = None
    for name, value in fields:
        if root is None:
            root = Mapping(value.line, 1)
        if not _place(root, _steps(name), value):
            _put(root, name, value)
    return root


def _steps(name: str) -> list[str | int]:
    pieces = _STEP.split(name)
    steps: list[str | int] = [pieces[0]]
    for kind, step in zip(pieces[1::2], pieces[2::2], strict=True):
        steps.append(int(step) if kind == "list" and step.isdecimal() and len(step) < 5 else step)
    return steps


def _place(root: Mapping, steps: list[str | int], value: Scalar) -> bool:
    node: Node = root
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        child: Node
        if following is None:
            child = Scalar(_unescape(value.text), "str", value.line, value.column)
        else:
            child = (Sequence if isinstance(following, int) else Mapping)(value.line, value.column)
        if isinstance(node, Mapping) and isinstance(step, str):
            present = node.get(step)
            if present is None:
                _put(node, step, child)
        elif isinstance(node, Sequence) and isinstance(step, int) and step <= MAX_INDEX:
            while len(node.items) <= step:
                node.items.append(Mapping(value.line, value.column))
                node.comments.append(())
            present = node.items[step]
            if following is None:
                node.items[step] = child
        else:
            return False
        if following is None:
            return present is None or isinstance(step, int)
        node = child if present is None else present
    return True


def _put(node: Mapping, name: str, value: Node) -> None:
    node.entries.append(Entry(Scalar(name, "str", value.line, 1), value))


def _unescape(text: str) -> str:
    r"""Newlines inside flat values are written as the two bytes ``\n``."""
    return text.replace("\\n", "\n")
