"""Dotenv text → one document part, by sops's own rules (no quotes, no trimming, ``#`` in column 0)."""

from __future__ import annotations

import re

from sealward.document.flat import unflatten
from sealward.document.model import Comment, Entry, Mapping, Part, Problem, Scalar, Unreadable
from sealward.patterns import late

PREFIX = "sops_"
WINDOWS = "has Windows line endings (CRLF): sops reads each as a part of the value, and cannot open the file"
WINDOWS_HINT = (
    "put `*.env text eol=lf` into .gitattributes, then check the file out again; "
    "what Git has committed may well be sound"
)
_WINDOWS = late(r"^sops_(?:mac|lastmodified|version|age|pgp|kms)[^\r\n]*\r$", re.MULTILINE)


def parse(text: str) -> tuple[tuple[Part, ...], tuple[Problem, ...]]:
    """Read ``KEY=value`` lines.

    Returns the one part and the duplicate keys. Raises ``Unreadable`` for a line that is neither
    a comment nor an assignment.
    """
    root = Mapping(1, 1)
    fields: list[tuple[str, Scalar]] = []
    comments: list[Comment] = []
    above: list[str] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    lines = text.split("\n")
    if windows := _WINDOWS.search(text):
        number = text.count("\n", 0, windows.start()) + 1
        problems.append(
            Problem(rule="invalid-syntax", line=number, column=1, message=WINDOWS, hint=WINDOWS_HINT)
        )
        lines = [line.removesuffix("\r") for line in lines]
    for number, line in enumerate(lines, 1):
        if not line or line == "\r":
            continue
        if line[0] == "#":
            comments.append(Comment(line[1:], number, 1, ()))
            above.append(line[1:])
            continue
        key, equals, value = line.partition("=")
        if not equals:
            raise Unreadable(
                Problem(
                    rule="invalid-syntax",
                    line=number,
                    column=1,
                    message="not valid dotenv: a line without '='",
                )
            )
        if line in seen if not key.startswith(PREFIX) else key in seen:
            problems.append(
                Problem(
                    rule="duplicate-key", line=number, column=1, message=f"the key {key!r} stands here twice"
                )
            )
        seen |= {key, line}  # sops seals a key twice, each value for itself; but never one ciphertext twice
        if key.startswith(PREFIX):
            fields.append((key[len(PREFIX) :], Scalar(value, "str", number, len(key) + 2)))
            continue
        scalar = Scalar(value.replace("\\n", "\n"), "str", number, len(key) + 2)
        root.entries.append(Entry(Scalar(key, "str", number, 1), scalar, tuple(above)))
        above.clear()
    return (Part(0, root, unflatten(fields), tuple(comments)),), tuple(problems)
