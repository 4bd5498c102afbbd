"""A document → pieces of its text, and pieces → text; one way for each store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sealward.document.model import Mapping, Scalar, Sequence
from sealward.merging.pieces import Conflict, NotPlain, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sealward.document import Document
    from sealward.document.model import Entry, Node
    from sealward.merging.side import Side


class Body:
    """A file in pieces: one root a YAML document, and the lines of each metadata block."""

    def __init__(self, roots: list[Piece], metadata: list[list[str]]) -> None:
        self.roots = roots
        self.metadata = metadata


class Marks:
    """How conflicts are marked in a text: the width of the marks, the names of the sides."""

    def __init__(self, size: int = 7, ours: str = "ours", theirs: str = "theirs", base: str = "") -> None:
        self.begin, self.middle = f"{'<' * size} {ours}", "=" * size
        self.end, self.old = f"{'>' * size} {theirs}", f"{'|' * size} {base}" if base else ""


def body_of(side: Side) -> Body:
    """A version in pieces. Raises NotPlain where its text is not laid out as sops lays it out."""
    document = side.document
    if document.store in ("json", "binary"):
        return _Json(side).body()
    if any(mark in document.text for mark in ("\r", "\ufeff", "\t\n")):
        raise NotPlain
    reader = {"yaml": _yaml, "dotenv": _dotenv, "ini": _ini}[document.store]
    return reader(side, document)


def text_of(
    document: Document, roots: list[Piece], metadata: list[list[str]], marks: Marks | None = None
) -> str:
    """The text of pieces, and of the metadata that goes with them; ``document`` is the version whose
    store and layout it has."""
    marks = marks or Marks()
    if document.store in ("json", "binary"):
        lines = _json_text(roots[0], metadata[0], _indent(document.text), marks)
    else:
        lines = []
        for number, (root, block) in enumerate(zip(roots, metadata, strict=True)):
            lines += ["---"] if number or document.text.startswith("---\n") else []
            body = _lines(root.children, marks) + root.below
            lines += body or (["{}"] if document.store == "yaml" and not block else [])
            lines += block
    return "\n".join(lines) + "\n"


def _lines(pieces: Iterable[Piece], marks: Marks) -> list[str]:
    found: list[str] = []
    for piece in pieces:
        if isinstance(piece, Conflict):
            found += _marked(piece, marks, lambda one: _lines([one], marks))
        else:
            found += [*piece.above, *_own(piece, marks)]
    return found


def _own(piece: Piece, marks: Marks) -> list[str]:
    if piece.scalar is not None or not (piece.children or piece.below):
        lines = _emptied(piece) if piece.scalar is None else list(piece.head)
    else:
        lines = [*piece.head, *_lines(piece.children, marks), *piece.below]
    if piece.dash >= 0:
        at = next(number for number, line in enumerate(lines) if not line.startswith(_MARKS))
        first = lines[at]
        if len(first) <= piece.dash or first[: piece.dash + 1].strip():
            raise NotPlain
        lines[at] = f"{first[: piece.dash]}-{first[piece.dash + 1 :]}"
    return lines


_MARKS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


def _emptied(piece: Piece) -> list[str]:
    """A container without children: as it stood, or what is left of one that has lost them."""
    brackets = "{}" if piece.is_mapping else "[]"
    if not piece.head:
        return [f"{' ' * (piece.dash + 2)}{brackets}"] if piece.dash >= 0 else []
    if piece.head[0].startswith("[") and not piece.head[0].startswith(" "):
        return []  # a section of INI
    last = piece.head[-1]
    return [*piece.head[:-1], last if last.endswith(brackets) else f"{last} {brackets}"]


def _marked(piece: Conflict, marks: Marks, lines: Callable[[Piece], list[str]]) -> list[str]:
    sides = [lines(one) if one is not None else [] for one in (piece.ours, piece.base, piece.theirs)]
    old = [marks.old, *sides[1]] if marks.old else []
    return [marks.begin, *sides[0], *old, marks.middle, *sides[2], marks.end]


def _yaml(side: Side, document: Document) -> Body:
    lines = document.text.split("\n")
    if lines[-1]:
        raise NotPlain
    lines.pop()
    starts = [0, *(part.line - 1 for part in document.parts[1:])]
    roots, blocks = [], []
    for number, part in enumerate(document.parts):
        begin = starts[number]
        if number or (lines and lines[begin] == "---"):
            if lines[begin] != "---":
                raise NotPlain
            begin += 1
        end = starts[number + 1] if number + 1 < len(starts) else len(lines)
        stop = end
        if part.metadata is not None:
            stop = next((at for at in range(begin, end) if lines[at].rstrip() == "sops:"), -1)
            if stop < 0 or any(not line.startswith((" ", "#")) for line in lines[stop + 1 : end]):
                raise NotPlain
        root = part.root if part.root is not None else Mapping(1, 1)
        if not isinstance(root, Mapping):
            raise NotPlain
        piece = Piece("", root, side)
        if root.entries:
            piece.children, piece.below = _Yaml(side, lines).mapping(root, begin, stop, 0)
        else:
            piece.below = [line for line in lines[begin:stop] if line != "{}"]
        roots.append(piece)
        blocks.append(lines[stop:end])
    return Body(roots, blocks)


class _Yaml:
    """Block style as go-yaml writes it; the dashes of list items are taken out of the lines as they are
    met."""

    def __init__(self, side: Side, lines: list[str]) -> None:
        self.side = side
        self.lines = lines

    def mapping(self, node: Mapping, begin: int, end: int, indent: int) -> tuple[list[Piece], list[str]]:
        """The entries of a mapping that stands in these lines, and the comments behind the last."""
        starts = [self._start(entry, indent) for entry in node.entries]
        if starts != sorted(set(starts)) or not begin <= starts[0] or starts[-1] >= end:
            raise NotPlain
        cuts = [
            begin,
            *(
                self._cut(stop, start + 1, indent)
                for start, stop in zip(starts, [*starts[1:], end], strict=True)
            ),
        ]
        found = []
        for entry, start, cut, following in zip(node.entries, starts, cuts, cuts[1:], strict=False):
            piece = Piece(entry.key.text, entry.value, self.side)
            piece.above = self._comments(cut, start)
            self._fill(piece, start, following)
            found.append(piece)
        return found, self._comments(cuts[-1], end)

    def _fill(self, piece: Piece, start: int, end: int) -> None:
        node, lines = piece.node, self.lines
        if isinstance(node, Scalar) or not _parts(node):
            piece.head = lines[start:end]
            return
        if lines[start].rstrip()[-1:] != ":":
            raise NotPlain
        piece.head = [lines[start]]
        if isinstance(node, Mapping):
            piece.children, piece.below = self.mapping(node, start + 1, end, node.column - 1)
        else:
            piece.children, piece.below = self.sequence(node, start + 1, end)

    def sequence(self, node: Sequence, begin: int, end: int) -> tuple[list[Piece], list[str]]:
        """The items of a list."""
        dash = node.column - 1
        starts = []
        at = begin
        for item in node.items:
            at = next((one for one in range(at, end) if self._has_dash(one, dash)), -1)
            if at < 0 or item.line - 1 < at:
                raise NotPlain
            starts.append(at)
            at += 1
        if any(self._has_dash(one, dash) for one in range(at, end)):
            raise NotPlain
        cuts = [
            begin,
            *(
                self._cut(stop, start + 1, dash)
                for start, stop in zip(starts, [*starts[1:], end], strict=True)
            ),
        ]
        for at in starts:
            self.lines[at] = f"{self.lines[at][:dash]} {self.lines[at][dash + 1 :]}"
        found = []
        for item, start, cut, following in zip(node.items, starts, cuts, cuts[1:], strict=False):
            piece = Piece("", item, self.side)
            piece.dash, piece.above = dash, self._comments(cut, start)
            if isinstance(item, Scalar) or not _parts(item):
                piece.head = self.lines[start:following]
            elif isinstance(item, Mapping):
                piece.children, piece.below = self.mapping(item, start, following, item.column - 1)
            else:
                piece.children, piece.below = self.sequence(item, start, following)
            found.append(piece)
        return found, self._comments(cuts[-1], end)

    def _has_dash(self, at: int, dash: int) -> bool:
        line = self.lines[at]
        return line[dash : dash + 2] in ("- ", "-") and not line[:dash].strip()

    def _start(self, entry: Entry, indent: int) -> int:
        at = entry.key.line - 1
        line = self.lines[at]
        if entry.key.column - 1 != indent or line[:indent].strip() or entry.value.line < entry.key.line:
            raise NotPlain
        return at

    def _cut(self, stop: int, least: int, indent: int) -> int:
        """Where the comments begin that stand at this indentation directly before a line."""
        while stop > least and self.lines[stop - 1].startswith(f"{' ' * indent}#"):
            stop -= 1
        return stop

    def _comments(self, begin: int, end: int) -> list[str]:
        found = self.lines[begin:end]
        if any(not line.lstrip().startswith("#") for line in found):
            raise NotPlain
        return found


def _parts(node: Node) -> list[Node]:
    if isinstance(node, Mapping):
        return [entry.value for entry in node.entries]
    return node.items if isinstance(node, Sequence) else []


def _dotenv(side: Side, document: Document) -> Body:
    lines = document.text.split("\n")
    root = document.parts[0].root
    assert isinstance(root, Mapping)
    piece = Piece("", root, side)
    block = [line for line in lines if line.startswith("sops_")]
    piece.children, piece.below = _flat(
        side, root, [line for line in lines if line and not line.startswith("sops_")], "#"
    )
    return Body([piece], [block])


def _flat(side: Side, root: Mapping, lines: list[str], marks: str) -> tuple[list[Piece], list[str]]:
    """Lines of keys, one each, and comments above them."""
    found: list[Piece] = []
    above: list[str] = []
    entries = iter(root.entries)
    for line in lines:
        if line.lstrip()[:1] in marks:
            above.append(line)
            continue
        entry = next(entries, None)
        if entry is None or entry.key.text not in line:
            raise NotPlain
        piece = Piece(entry.key.text, entry.value, side)
        piece.above, piece.head = above, [line]
        found.append(piece)
        above = []
    if next(entries, None) is not None:
        raise NotPlain
    return found, above


def _ini(side: Side, document: Document) -> Body:
    """Sections with a header each; what stands before the first is the section DEFAULT."""
    sections: list[tuple[str, list[str], list[str]]] = [("DEFAULT", [], [])]
    above: list[str] = []
    for line in document.text.split("\n"):
        if not line.strip():
            continue
        if line.startswith("["):
            sections.append((line.strip()[1:-1].strip(), [*above, line], []))
        elif line.lstrip()[0] in "#;":
            above.append(line)
            continue
        else:
            sections[-1][2].extend([*above, line])
        above = []
    root = document.parts[0].root
    assert isinstance(root, Mapping)
    piece = Piece("", root, side)
    piece.below = above
    block: list[str] = []
    entries = iter(root.entries)
    for name, head, lines in sections:
        if name == "sops":
            block = [*head, *lines]
        elif lines:
            entry = next(entries, None)
            if entry is None or entry.key.text != name or not isinstance(entry.value, Mapping):
                raise NotPlain
            section = Piece(name, entry.value, side)
            section.above, section.head = head[:-1], head[-1:]
            section.children, section.below = _flat(side, entry.value, lines, "#;")
            piece.children.append(section)
    if next(entries, None) is not None:
        raise NotPlain
    return Body([piece], [block])


class _Json:
    """JSON has no comments, and one way to be written: its lines are made again from the values."""

    def __init__(self, side: Side) -> None:
        self.side = side

    def body(self) -> Body:
        """The whole document."""
        part = self.side.document.parts[0]
        if not isinstance(part.root, Mapping):
            raise NotPlain
        root = self._piece("", part.root)
        block = (
            []
            if part.metadata is None
            else _json_lines(self._piece("sops", part.metadata), 1, self._unit, Marks())
        )
        return Body([root], [block])

    @property
    def _unit(self) -> str:
        return _indent(self.side.document.text)

    def _piece(self, key: str, node: Node) -> Piece:
        piece = Piece(key, node, self.side)
        if isinstance(node, Mapping):
            piece.children = [self._piece(entry.key.text, entry.value) for entry in node.entries]
        elif isinstance(node, Sequence):
            piece.children = [self._piece("", item) for item in node.items]
            for one in piece.children:
                one.dash = 0
        else:
            piece.head = [json.dumps(node.text, ensure_ascii=False) if node.kind == "str" else node.text]
        return piece


def _json_text(root: Piece, block: list[str], unit: str, marks: Marks) -> list[str]:
    groups = [_json_group(one, 1, unit, marks) for one in root.children] + ([block] if block else [])
    return ["{", *_with_commas(groups), "}"]


def _json_group(piece: Piece, depth: int, unit: str, marks: Marks) -> list[str]:
    if isinstance(piece, Conflict):
        return _marked(piece, marks, lambda one: _json_lines(one, depth, unit, marks))
    return _json_lines(piece, depth, unit, marks)


def _json_lines(piece: Piece, depth: int, unit: str, marks: Marks) -> list[str]:
    start = unit * depth + (f"{json.dumps(piece.key, ensure_ascii=False)}: " if piece.dash < 0 else "")
    if piece.scalar is not None:
        return [start + piece.head[0]]
    opening, closing = "{}" if piece.is_mapping else "[]"
    if not piece.children:
        return [f"{start}{opening}{closing}"]
    groups = [_json_group(one, depth + 1, unit, marks) for one in piece.children]
    return [start + opening, *_with_commas(groups), unit * depth + closing]


def _with_commas(groups: list[list[str]]) -> list[str]:
    """Groups of lines, a comma behind each but the last; in a conflict behind each side."""
    lines: list[str] = []
    for number, group in enumerate(groups):
        last = number + 1 == len(groups)
        for at, line in enumerate(group):
            ends = at + 1 == len(group) or group[at + 1].startswith(_MARKS)
            is_mark = line.startswith(_MARKS)
            inside = group[0].startswith(_MARKS)
            comma = not last and ends and not is_mark and (at + 1 == len(group) or inside)
            lines.append(f"{line}," if comma else line)
    return lines


def _indent(text: str) -> str:
    """What one level of a JSON text is indented by."""
    for line in text.split("\n"):
        space = line[: len(line) - len(line.lstrip(" \t"))]
        if space:
            return space
    return "\t"
