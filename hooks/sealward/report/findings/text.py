"""For people: grouped by file, the place with a caret, the value masked, the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.finding import Severity
from sealward.terminal import counted, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealward.finding import Finding
    from sealward.report import Summary

_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "path": "\x1b[1m", "hint": "\x1b[36m"}
_RESET = "\x1b[0m"
_MASK = "********"


def render(findings: list[Finding], summary: Summary, colour: bool) -> str:
    """Text for a terminal; ``colour`` adds ANSI codes."""
    paint = _paint if colour else _plain
    lines: list[str] = []
    path = None
    for finding in findings:
        if finding.path != path:
            path = finding.path
            lines += ["", paint("path", printable(path))] if lines else [paint("path", printable(path))]
        lines += _finding(finding, paint)
    if not summary.quiet:
        lines += ["", _summary(findings, summary)] if findings else [_summary(findings, summary)]
    return "".join(f"{line}\n" for line in lines)


def _finding(finding: Finding, paint: Callable[[str, str], str]) -> Iterator[str]:
    where = finding.place
    key_path = printable(where.key_path)
    severity = finding.severity.value
    place = f"{printable(where.path)}:{where.line}:{where.column}"
    subject = f"`{key_path}` " if key_path else ""
    yield f"  {place}: {paint(severity, severity)}: {printable(subject + finding.message)} [{finding.rule}]"
    yield from _source(where.line, key_path)
    yield f"    {paint('hint', 'hint')}: {printable(finding.hint)}"


def _source(line: int, key_path: str) -> list[str]:
    """The line as it stands, but for its value: rebuilt from the key, so that nothing else shows."""
    if not key_path or key_path.startswith("sops"):
        return []
    key = key_path.rpartition(".")[2]
    shown = f"- {_MASK}" if key.endswith("]") else f"{key}: {_MASK}"
    gutter = f"    {line:>5} | "
    return [gutter + shown, " " * (len(gutter) - 2) + "| " + " " * shown.index(_MASK) + "^"]


def _summary(findings: list[Finding], summary: Summary) -> str:
    looked = f"{counted(summary.read, 'file')} read, {summary.sealed} sealed"
    if summary.outside:
        looked += f", {summary.outside} of them checked only from outside: no key at hand opens them"
    if summary.left_out:
        looked += f"; left out: {', '.join(f'{number} {why}' for why, number in summary.left_out)}"
    if summary.suppressed:
        looked += f", {counted(len(summary.suppressed), 'finding')} suppressed"
    if not findings:
        return f"sealward: no findings ({looked})"
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    counts = [counted(errors, "error")] if errors else []
    counts += [counted(warnings, "warning")] if warnings else []
    files = len({finding.path for finding in findings})
    return f"sealward: {' and '.join(counts)} in {counted(files, 'file')} ({looked})"


def _paint(kind: str, text: str) -> str:
    return f"{_COLOURS[kind]}{text}{_RESET}"


def _plain(kind: str, text: str) -> str:
    return text
