"""What differs between versions of sealed files: as text, as Markdown for a pull request, as data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealward.differences.compare import Change, Difference

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "pin": "~", "type": "~"}
_KEYLESS = "no key at hand: ciphertexts were compared"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~@$&])")


def as_text(differences: Sequence[Difference]) -> list[str]:
    """Lines for people."""
    if not differences:
        return ["no sealed file differs"]
    lines: list[str] = []
    for one in differences:
        lines.append(f"{one.path}{'' if one.opened else f'  ({_KEYLESS})'}")
        lines += [f"  {_line(change)}" for change in one.changes]
    return lines


def _line(change: Change) -> str:
    sides = " → ".join(filter(None, (change.before, change.after)))
    sign = _SIGNS.get(change.what)
    if sign is None:
        return f"{change.what} {sides}".rstrip()
    kind = f"{change.what} " if change.what in ("pin", "type") else ""
    return f"{sign} {change.path}: {kind}{sides}"


def as_markdown(differences: Sequence[Difference]) -> list[str]:
    """A section with a table for each file; whatever a repository calls its keys is text there, and
    nothing else."""
    if not differences:
        return ["No sealed file differs."]
    lines: list[str] = []
    for one in differences:
        lines += [f"### {_escaped(one.path)}", ""]
        lines += [] if one.opened else [f"*{_KEYLESS}*", ""]
        lines += ["| | key | before | after |", "|---|---|---|---|", *_rows(one), ""]
    return lines


def _rows(difference: Difference) -> Iterator[str]:
    for change in difference.changes:
        cells = (change.what, change.path, change.before, change.after)
        yield f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _escaped(text: str) -> str:
    text = _SPECIAL.sub(r"\\\1", printable(text)).replace("://", ":\u200b//")
    return text.replace("\\<", "&lt;").replace("\\>", "&gt;")


def as_data(differences: Sequence[Difference]) -> dict[str, object]:
    """The same as data."""
    return {
        "version": 1,
        "files": [
            {
                "path": one.path,
                "compared": "values" if one.opened else "ciphertexts",
                "changes": [
                    {"what": change.what, "key": change.path, "before": change.before, "after": change.after}
                    for change in one.changes
                ],
            }
            for one in differences
        ],
    }
