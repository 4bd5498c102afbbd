"""YAML text → document parts, from the event stream: duplicates, order and places are kept.

Events, not constructed objects: construction would apply merge keys and drop duplicates, and the MAC
runs over what is written. libyaml is the parser that go-yaml, sops's own, was ported from.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

import yaml

from sealward.document.model import (
    MAX_DEPTH,
    TOO_DEEP,
    Comment,
    Entry,
    Mapping,
    Node,
    Part,
    Problem,
    Scalar,
    Sequence,
    Unreadable,
)
from sealward.document.yaml_comments import find_comments
from sealward.document.yaml_scalars import kind_of
from sealward.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.document.yaml_comments import Found

    class _Mark(Protocol):
        """A place in the text, counted from 0."""

        index: int
        line: int
        column: int

    class _Event(Protocol):
        """What both of PyYAML's parsers give; ``value`` to ``style`` are those of a scalar alone."""

        start_mark: _Mark
        end_mark: _Mark
        anchor: str
        value: str
        tag: str | None
        implicit: tuple[bool, bool]
        style: str | None


MAX_EXPANSION = 100_000
"""Values that aliases may add to a document: a few hundred bytes of nested aliases can mean billions."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_VERSION = late(r"^%YAML[ \t]+(?:[02-9]|1\.(?:[02-9]|1[0-9]))", re.MULTILINE)


def parse(text: str) -> tuple[tuple[Part, ...], tuple[Problem, ...]]:
    """Read every YAML document of a text.

    Returns the parts and the problems that leave it readable (duplicate keys).
    Raises ``Unreadable`` for text that is not YAML, nests too deeply, or is an alias bomb.
    """
    try:
        parts, problems = _Builder(text).build()
        version = _VERSION.search(text) if "%YAML" in text else None
        return parts, (*problems, _incompatible(text, version.start())) if version else problems
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = f"not valid YAML: {error.problem}"
        raise Unreadable(Problem(rule="invalid-syntax", line=line, column=column, message=message)) from None
    except yaml.YAMLError as error:
        reason = str(getattr(error, "reason", "unreadable")).splitlines()[0]
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
        raise Unreadable(
            Problem(rule="invalid-syntax", line=line, column=1, message=f"not valid YAML: {reason}")
        ) from None


def _incompatible(text: str, at: int) -> Problem:
    message = "sops reads YAML 1.1 alone, and refuses another version by a `%YAML` line"
    line = text.count("\n", 0, at) + 1
    return Problem(
        rule="invalid-syntax", line=line, column=1, message=message, hint="take the `%YAML` line out"
    )


class _Builder:
    """Builds the node tree of one text; one open container a level on an explicit stack."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.comments = find_comments(text) if "#" in text else None
        self.problems: list[Problem] = []
        self.anchors: dict[str, tuple[Node, int, int]] = {}
        self.expanded = 0

    def build(self) -> tuple[tuple[Part, ...], tuple[Problem, ...]]:
        parts: list[Part] = []
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.placed: list[Comment] = []
        line = 1
        loader = self.loader = _LOADER(self.text)
        while (event := loader.get_event()) is not None:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open(event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                line = event.start_mark.line + 1
                self.root, self.placed, self.anchors = None, [], {}
            elif kind is yaml.DocumentEndEvent:
                self._comments_before(event.end_mark.index)
                parts.append(self._part(len(parts), line))
        if self.comments and parts:
            self._comments_before(len(self.text) + 1)
            parts[-1].comments = tuple(self.placed)
        return tuple(parts), tuple(self.problems)

    def _part(self, number: int, line: int) -> Part:
        root, metadata = self.root, None
        if isinstance(root, Mapping):
            entries = root.entries
            metadata = next((e.value for e in entries if _is_metadata(e)), None)
            if metadata is not None:
                root.entries = [e for e in entries if e.value is not metadata]
        elif isinstance(root, Scalar) and root.kind == "null":
            root = None
        return Part(number, root, metadata, tuple(self.placed), line)  # type: ignore[arg-type]

    def _scalar(self, event: _Event) -> None:
        mark, text = event.start_mark, event.value
        kind = kind_of(text, event.implicit[0], event.tag)
        node = Scalar(text, kind or "str", mark.line + 1, mark.column + 1)
        if kind is None:
            node.taken_as = "null"
        if self.comments is None:
            self._add(node, 1, (), event.anchor)
            return
        self._add(node, 1, self._comments_before(mark.index), event.anchor)
        block = bool(event.style in ("|", ">"))
        if block:
            self._place(self.comments.in_header(mark.index))
        self.comments.skip(mark.index, event.end_mark.index, block)
        if not self._is_key_of_a_scalar():
            self._place(self.comments.on_line(event.end_mark.line))

    def _is_key_of_a_scalar(self) -> bool:
        """Whether a scalar was just read that is the key of another: a mark behind it may be in that one."""
        return (
            bool(self.stack) and self.stack[-1].key is not None and self.loader.check_event(yaml.ScalarEvent)
        )

    def _open(self, event: _Event) -> None:
        mark = event.start_mark
        if len(self.stack) >= MAX_DEPTH:
            raise _refused(mark, TOO_DEEP)
        before: tuple[str, ...] = ()
        if self.stack and isinstance(self.stack[-1].node, Sequence):
            before = self._comments_before(mark.index)  # above an item; else they belong to the first child
        node_type = Mapping if isinstance(event, yaml.MappingStartEvent) else Sequence
        self.stack.append(_Open(node_type(mark.line + 1, mark.column + 1), before, event.anchor))

    def _close(self) -> None:
        closed = self.stack.pop()
        self._add(closed.node, closed.size, closed.before, closed.anchor, closed.height)

    def _alias(self, event: _Event) -> None:
        mark = event.start_mark
        before = self._comments_before(mark.index) if self.comments else ()
        if event.anchor not in self.anchors:
            raise _refused(mark, "alias of no earlier anchor")
        node, size, height = self.anchors[event.anchor]
        self.expanded += size
        if self.expanded > MAX_EXPANSION:
            raise _refused(mark, "aliases expand without bound (alias bomb)")
        if len(self.stack) + height > MAX_DEPTH:
            raise _refused(mark, TOO_DEEP)
        self._add(node, size, before, None, height)

    def _add(
        self, node: Node, size: int, before: tuple[str, ...], anchor: str | None, height: int = 0
    ) -> None:
        """Put a node where it belongs. ``size`` and ``height`` count what aliases in it stand for, too."""
        if anchor:
            self.anchors[anchor] = (node, size, height)
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.size += size
        if height >= top.height:
            top.height = height + 1
        if isinstance(top.node, Sequence):
            top.node.items.append(node)
            top.node.comments.append(before)
        elif top.key is None:
            top.key = node if isinstance(node, Scalar) else Scalar("", "str", node.line, node.column)
            top.key_comments = before
            if top.key.text in top.seen:
                message = f"the key {top.key.text!r} stands here twice"
                self.problems.append(
                    Problem(rule="duplicate-key", line=top.key.line, column=top.key.column, message=message)
                )
            top.seen.add(top.key.text)
        else:
            top.node.entries.append(Entry(top.key, node, top.key_comments + before))
            top.key = None

    def _comments_before(self, index: int) -> tuple[str, ...]:
        if self.comments is None:
            return ()
        found = list(self.comments.before(index))
        if not found:
            return ()
        path = self._path()
        self.placed += [Comment(text, line, column, path) for text, line, column in found]
        return tuple(text for text, _, _ in found)

    def _place(self, found: Found | None) -> None:
        """An inline comment counts as standing before its own item (sops moves it there)."""
        if not found or not self.stack:
            return
        text, row, column = found
        top, path = self.stack[-1], self._path()
        if isinstance(top.node, Mapping) and top.key is None and top.node.entries:
            path = (*path, top.node.entries[-1].key.text)
        self.placed.append(Comment(text, row, column, path))
        if isinstance(top.node, Sequence):
            top.node.comments[-1] = (*top.node.comments[-1], text)
        elif top.key is not None:
            top.key_comments = (*top.key_comments, text)
        elif top.node.entries:
            top.node.entries[-1].comments = (*top.node.entries[-1].comments, text)

    def _path(self) -> tuple[str | int, ...]:
        return tuple(_steps(self.stack))


class _Open:
    """A container that is still being read; ``height`` is how many levels of containers it has so far."""

    __slots__ = ("anchor", "before", "height", "key", "key_comments", "node", "seen", "size")

    def __init__(self, node: Mapping | Sequence, before: tuple[str, ...], anchor: str | None) -> None:
        self.node = node
        self.before = before
        self.anchor = anchor
        self.key: Scalar | None = None
        self.key_comments: tuple[str, ...] = ()
        self.seen: set[str] = set()
        self.size = 1
        self.height = 1


def _steps(stack: list[_Open]) -> Iterator[str | int]:
    for level in stack:
        if isinstance(level.node, Sequence):
            yield len(level.node.items)
        elif level.key is not None:
            yield level.key.text


def _refused(mark: _Mark, message: str) -> Unreadable:
    return Unreadable(
        Problem(rule="invalid-syntax", line=mark.line + 1, column=mark.column + 1, message=message)
    )


def _is_metadata(entry: Entry) -> bool:
    return entry.key.text == "sops" and isinstance(entry.value, Mapping)
