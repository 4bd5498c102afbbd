"""For programs: one JSON object, documented in docs/reports.md; fields are only ever added."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sealward.finding import Severity

if TYPE_CHECKING:
    from sealward.finding import Finding
    from sealward.report import Summary

VERSION = 1


def render(findings: list[Finding], summary: Summary, colour: bool) -> str:
    """``{"version": 1, "summary": {…}, "findings": [{…}]}``, indented, keys in a fixed order."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    report = {
        "version": VERSION,
        "summary": {
            "files_read": summary.read,
            "files_sealed": summary.sealed,
            "files_checked_only_from_outside": summary.outside,
            "files_left_out": dict(summary.left_out),
            "suppressed": len(summary.suppressed),
            "errors": errors,
            "warnings": len(findings) - errors,
        },
        "findings": [_finding(finding) for finding in findings],
    }
    return json.dumps(report, indent=2, ensure_ascii=True) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        **finding.place._asdict(),
        "message": finding.message,
        "hint": finding.hint,
        "severity": finding.severity.value,
    }
