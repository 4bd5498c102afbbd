"""Bytes → Document: leaves with key path, line and column, whichever store the file is in."""

from __future__ import annotations

import codecs
import re
from importlib import import_module
from typing import TYPE_CHECKING

from sealward.document.model import Comment, Document, Kind, Leaf, Part, Problem, Store, Unreadable, dotted
from sealward.document.text import decoded, wide, wide_encoding
from sealward.patterns import Late, late

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "MAX_BYTES",
    "Comment",
    "Document",
    "Kind",
    "Leaf",
    "Part",
    "Problem",
    "Store",
    "as_text",
    "dotted",
    "parse",
    "store_of",
]

MAX_BYTES = 32 * 1024 * 1024
"""Larger files are not read as documents: sops itself needs a multiple of a file's size in memory."""

_SUFFIXES: tuple[tuple[str, Store], ...] = (
    (".yaml", "yaml"), (".yml", "yaml"), (".json", "json"), (".env", "dotenv"), (".ini", "ini"),
)  # fmt: skip
_CONFLICT = late(r"^(?:<{7}|>{7}|\|{7})(?: |$)", re.MULTILINE)
_SNIFF: tuple[tuple[Late, Store], ...] = (
    (late(r"\A\s*\{"), "binary"),
    (late(r"(?m)^sops:[ \t]*(?:\r?$|[#{])"), "yaml"),
    (late(r"(?m)^sops_(?:mac|version|lastmodified)="), "dotenv"),
    (late(r"(?m)^\[sops\]"), "ini"),
)
_ENVELOPE = late(r"\A\s*\{\s*(?:<{7}[^\n]*\n\s*)?\"data\":\s*\"[^\"]{0,8}ENC\[AES256_GCM")


BOM = "\ufeff"
SAVE = "save it as UTF-8 (PowerShell: `| Out-File -Encoding utf8NoBOM`)"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def store_of(path: str) -> Store:
    """The store that sops chooses for a file name: by its suffix, case-sensitive, else ``binary``."""
    return next((store for suffix, store in _SUFFIXES if path.endswith(suffix)), "binary")


def parse(path: str, data: bytes, store: Store | None = None) -> Document:
    """Read a file's bytes.

    ``path`` names the file and, without ``store``, chooses the store. A file of the binary store that
    was sealed with an explicit type (``secrets.yaml.enc``) is read as what it holds. Never raises:
    what cannot be read comes back as a Document without parts and with the problem.
    """
    store = store or store_of(path)
    if len(data) > MAX_BYTES:
        return _unreadable(
            path,
            store,
            "",
            Problem(rule="invalid-syntax", line=1, column=1, message=f"larger than {MAX_BYTES >> 20} MB"),
        )
    encoding = wide_encoding(data)
    if encoding:
        return _parse_wide(path, store, data, encoding)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        if store == "binary" and not _ENVELOPE.match(data.decode("latin-1")[:200]):
            return Document(path, store, decoded(data) or "", (Part(0, None),), ())
        line = data.count(b"\n", 0, error.start) + 1
        text = data.decode("utf-8", "replace")
        return _as_far_as(
            path, store, text, Problem(rule="invalid-syntax", line=line, column=1, message="not valid UTF-8")
        )
    if store == "binary":
        return _parse_binary(path, text)
    return _as_far_as(path, store, text, _nul(text)) if "\0" in text else _parse_as(store, path, text)


def _parse_wide(path: str, store: Store, data: bytes, encoding: str) -> Document:
    """UTF-16 and UTF-32. sops reads the first where it finds a byte order mark, in YAML; git, diff and most
    tools do not."""
    text, kind = wide(data) or "", encoding[:6].upper()
    if store == "binary" and not _ENVELOPE.match(text):
        return Document(path, store, text, (Part(0, None),), ())
    message = f"is {kind}: save it as UTF-8"
    minor = store == "yaml" and kind == "UTF-16" and data.startswith(_UTF16)
    if minor:
        try:
            data.decode("utf-16")
        except UnicodeDecodeError:
            message, minor = "not valid UTF-16", False
    problem = Problem(rule="invalid-syntax", line=1, column=1, message=message, hint=SAVE, minor=minor)
    if not minor:
        return _as_far_as(path, store, text, problem)
    document = _parse_as(store, path, text)
    return Document(path, store, text, document.parts, (problem, *document.problems))


def _as_far_as(path: str, store: Store, text: str, problem: Problem) -> Document:
    """A text that sops does not read for its encoding or a NUL: what an unsealed one holds is seen all the
    same, and one that may be sealed cannot be read."""
    if "ENC[AES256_GCM" not in text and store != "binary":
        document = _parse_as(store, path, text.replace("\0", "").replace("\ufffd", "?"))
        if document.parts and document.metadata is None:
            return Document(path, store, text, document.parts, (problem, *document.problems))
    return _unreadable(path, store, text, problem)


def as_text(path: str, data: bytes) -> Document | None:
    """A file as plain text without leaves, whatever its encoding; None for an image, an archive and such."""
    text = decoded(data)
    return None if text is None else Document(path, "binary", text, (Part(0, None),), ())


def _parse_binary(path: str, text: str) -> Document:
    """The binary store's JSON envelope, or what a file sealed under an explicit type holds.

    Any other text (prose and code that quote sealed files among it) has no leaves and no problems.
    """
    store = next((store for pattern, store in _SNIFF if pattern.search(text.removeprefix(BOM))), None)
    plain = Document(path, "binary", text, (Part(0, None),), ())
    if store is None:
        return plain
    document = _parse_as(store, path, text)
    return document if document.metadata is not None or _ENVELOPE.match(text.removeprefix(BOM)) else plain


def _nul(text: str) -> Problem:
    return Problem(
        rule="invalid-syntax", line=text.count("\n", 0, text.index("\0")) + 1, column=1, message="a NUL byte"
    )


def _parse_as(store: Store, path: str, text: str) -> Document:
    if "\0" in text:
        return _unreadable(path, store, text, _nul(text))
    marks = _bom(store) if text.startswith(BOM) else ()
    if store != "dotenv":
        text = text.removeprefix(BOM)
    try:
        parts, problems = _parser(store)(text)
    except Unreadable as error:
        return _unreadable(path, store, text, _conflict(text) or error.problem)
    conflict = _conflict(text)
    problems = (*marks, *problems, conflict) if conflict else (*marks, *problems)
    return Document(path, store, text, parts, problems)


def _bom(store: Store) -> tuple[Problem, ...]:
    """A byte order mark: sops passes over it in YAML and INI; for JSON it is an error, for dotenv a part
    of the first key, whose value then does not decrypt."""
    if store in ("yaml", "ini"):
        return ()
    what = "takes for a part of the first key" if store == "dotenv" else "refuses in JSON"
    message = f"begins with a byte order mark, which sops {what}: save it as UTF-8 without one"
    return (
        Problem(
            rule="invalid-syntax",
            line=1,
            column=1,
            message=message,
            hint="save it as UTF-8 without a byte order mark",
        ),
    )


def _parser(store: Store) -> Callable[[str], tuple[tuple[Part, ...], tuple[Problem, ...]]]:
    module = import_module(f"sealward.document.{'json_' if store in ('binary', 'json') else store}")
    parser: Callable[[str], tuple[tuple[Part, ...], tuple[Problem, ...]]] = module.parse
    return parser


def _conflict(text: str) -> Problem | None:
    """Git's conflict markers, which would otherwise read as a syntax error or as data."""
    match = _CONFLICT.search(text) if "<<<<<<<" in text or ">>>>>>>" in text else None
    if match is None:
        return None
    return Problem(
        rule="conflict-markers",
        line=text.count("\n", 0, match.start()) + 1,
        column=1,
        message="an unresolved merge conflict",
    )


def _unreadable(path: str, store: Store, text: str, problem: Problem) -> Document:
    return Document(path, store, text, (), (problem,))
