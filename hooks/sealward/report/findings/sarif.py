"""For code scanning: SARIF 2.1.0."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sealward import __version__

if TYPE_CHECKING:
    from sealward.finding import Finding
    from sealward.report import Summary

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(findings: list[Finding], summary: Summary, colour: bool) -> str:
    """One run with its rules and results; paths are relative URIs from the repository's top."""
    rules = sorted({finding.rule for finding in findings})
    run = {
        "tool": {
            "driver": {"name": "sealward", "version": __version__, "rules": [{"id": rule} for rule in rules]}
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, rules.index(finding.rule)) for finding in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(finding: Finding, index: int) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(finding.place.path), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": finding.place.line, "startColumn": finding.place.column},
        }
    }
    if finding.place.key_path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.place.key_path, "kind": "member"}]
    subject = f"`{finding.place.key_path}` " if finding.place.key_path else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": f"{subject}{finding.message}; {finding.hint}"},
        "locations": [location],
    }
