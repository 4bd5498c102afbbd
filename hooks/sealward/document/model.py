"""What every store is read into: nodes with places, and the leaves in document order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from sealward.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 200
"""Levels of nesting that are read; deeper documents are refused (no real configuration comes near)."""

TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
MAX_COMMENTS = 2_000_000
"""How often comments may stand over values, all values counted: each one carries those of its ancestors."""

Path: TypeAlias = tuple[str | int, ...]

Store: TypeAlias = Literal["yaml", "json", "dotenv", "ini", "binary"]
"""The forms of files that sops knows."""

Kind: TypeAlias = Literal["str", "int", "float", "bool", "null", "time", "binary", "tag", "empty", "comment"]
"""What a value is: for YAML the type that sops's parser (go-yaml v3) resolves, for the other stores what
their syntax says. ``tag`` is a YAML value under somebody's own tag (``!env_var``), a string for sops;
``empty`` is an empty container; ``comment`` is an encrypted comment that stands as an item of a list."""

ProblemRule: TypeAlias = Literal["invalid-syntax", "duplicate-key", "hidden-plaintext", "conflict-markers"]
"""The rules that speak of a file's text as such."""


class Problem(Record):
    """Something wrong with the text itself: a rule, a place (from 1) and one sentence.

    ``hint`` is the way out, where it is not the usual one of the rule. ``minor`` says that sops reads the
    text all the same.
    """

    rule: ProblemRule
    line: int
    column: int
    message: str
    hint: str = ""
    minor: bool = False


class Comment(NamedTuple):
    """A comment: its text after the marker, its place, and the key path of what it stands before."""

    text: str
    line: int
    column: int
    path: Path


class Scalar:
    """One value (or key) as its store reads it.

    ``taken_as`` is ``null`` for a text under one of YAML's own tags that it does not fit (``!!int abc``):
    sops takes it for null.
    """

    __slots__ = ("column", "kind", "line", "taken_as", "text")

    def __init__(self, text: str, kind: Kind, line: int, column: int) -> None:
        self.text = text
        self.kind = kind
        self.taken_as: Kind | None = None
        self.line = line
        self.column = column


class Entry:
    """A key and its value; ``comments`` are the texts of the comments directly before it."""

    __slots__ = ("comments", "key", "value")

    def __init__(self, key: Scalar, value: Node, comments: tuple[str, ...] = ()) -> None:
        self.key = key
        self.value = value
        self.comments = comments


class Mapping:
    """Keys and values in file order, duplicates kept."""

    __slots__ = ("column", "entries", "line")

    def __init__(self, line: int, column: int) -> None:
        self.entries: list[Entry] = []
        self.line = line
        self.column = column

    def get(self, key: str) -> Node | None:
        """The value of the first entry of that name."""
        for entry in self.entries:
            if entry.key.text == key:
                return entry.value
        return None


class Sequence:
    """The items of a list in file order, each with the comments directly before it."""

    __slots__ = ("column", "comments", "items", "line")

    def __init__(self, line: int, column: int) -> None:
        self.items: list[Node] = []
        self.comments: list[tuple[str, ...]] = []
        self.line = line
        self.column = column


Node: TypeAlias = Scalar | Mapping | Sequence


class Leaf(NamedTuple):
    """A value and where it stands.

    ``path`` holds mapping keys (str) and list indexes (int); ``part`` is the number of the YAML document
    (0 elsewhere); ``comments`` are the comments active for it: those directly before it and before each
    of its ancestors. Empty containers appear as leaves of kind ``empty``. ``taken_as`` is the kind that sops
    reads, where it is not ``kind``.
    """

    path: Path
    text: str
    kind: Kind
    line: int
    column: int
    part: int
    comments: tuple[str, ...]
    taken_as: Kind | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The mapping keys of the path: what selectors and the AAD see (sops ignores list indexes)."""
        return tuple([step for step in self.path if isinstance(step, str)])


class Part:
    """One YAML document, or the whole of any other file: its metadata block and its leaves."""

    __slots__ = ("comments", "leaves", "line", "metadata", "root")

    def __init__(
        self,
        number: int,
        root: Node | None,
        metadata: Mapping | None = None,
        comments: tuple[Comment, ...] = (),
        line: int = 1,
    ) -> None:
        self.root = root
        self.metadata = metadata
        self.comments = comments
        self.line = line
        self.leaves = () if root is None else tuple(_bounded(root, number))


class Document:
    """A file as the checks see it; ``parts`` is empty when the text could not be read at all.

    ``problems`` says what is wrong with the text.
    """

    __slots__ = ("leaves", "parts", "path", "problems", "store", "text")

    def __init__(
        self, path: str, store: Store, text: str, parts: tuple[Part, ...], problems: tuple[Problem, ...]
    ) -> None:
        self.path = path
        self.store = store
        self.text = text
        self.parts = parts
        self.problems = problems
        self.leaves = tuple(leaf for part in parts for leaf in part.leaves)

    @property
    def metadata(self) -> Mapping | None:
        """The metadata block that sops reads: the first document's."""
        return self.parts[0].metadata if self.parts else None


class Unreadable(Exception):
    """The text is not valid for its store; ``problem`` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def dotted(path: Path) -> str:
    """The human form of a key path: ``db.hosts[0]``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def is_comment_item(text: str) -> bool:
    """Whether a list item is an encrypted comment: sops writes comments in sequences as items."""
    return text.endswith(",type:comment]") and text.startswith("ENC[")


def _bounded(root: Node, part: int) -> Iterator[Leaf]:
    """The leaves. Raises ``Unreadable`` where a pile of comments stands over each of very many values."""
    room = MAX_COMMENTS
    for leaf in _leaves(root, (), (), part):
        room -= len(leaf.comments)
        if room < 0:
            message = "too many comments over too many values"
            raise Unreadable(
                Problem(rule="invalid-syntax", line=leaf.line, column=leaf.column, message=message)
            )
        yield leaf


def _leaves(node: Node, path: Path, comments: tuple[str, ...], part: int) -> Iterator[Leaf]:
    if isinstance(node, Scalar):
        yield Leaf(path, node.text, node.kind, node.line, node.column, part, comments, node.taken_as)
    elif isinstance(node, Mapping):
        if not node.entries:
            yield Leaf(path, "", "empty", node.line, node.column, part, comments)
        for entry in node.entries:
            above = comments + entry.comments if entry.comments else comments
            value = entry.value
            if isinstance(value, Scalar):
                yield Leaf(
                    (*path, entry.key.text), value.text, value.kind, value.line, value.column, part, above,
                    value.taken_as,
                )  # fmt: skip
            else:
                yield from _leaves(value, (*path, entry.key.text), above, part)
    else:
        if not node.items:
            yield Leaf(path, "", "empty", node.line, node.column, part, comments)
        index = 0
        for item, before in zip(node.items, node.comments, strict=True):
            yield from _leaves(item, (*path, index), comments + before, part)
            if not (isinstance(item, Scalar) and is_comment_item(item.text)):
                index += 1
