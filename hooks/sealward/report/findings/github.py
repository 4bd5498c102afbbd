"""For GitHub Actions: workflow commands that show as annotations on the changed lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.terminal import counted, printable

if TYPE_CHECKING:
    from sealward.finding import Finding
    from sealward.report import Summary


def render(findings: list[Finding], summary: Summary, colour: bool) -> str:
    """One ``::error …::`` or ``::warning …::`` line a finding, and a notice of how many are suppressed."""
    lines = [_line(finding) for finding in findings]
    if summary.suppressed:
        lines.append(f"::notice title=sealward::{counted(len(summary.suppressed), 'finding')} suppressed\n")
    return "".join(lines)


def _line(finding: Finding) -> str:
    subject = f"`{finding.place.key_path}` " if finding.place.key_path else ""
    fields = f"file={_property(finding.place.path)},line={finding.place.line},col={finding.place.column}"
    title = _property(f"sealward: {finding.rule}")
    message = _data(f"{subject}{finding.message}; {finding.hint}")
    return f"::{finding.severity.value} {fields},title={title}::{message}\n"


def _data(text: str) -> str:
    lines = text.replace("\r", "\n").split("\n")
    return "%0A".join(printable(line).replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
