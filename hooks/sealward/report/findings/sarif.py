"""For code scanning: SARIF 2.1.0."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sealward import __version__
from sealward.rules import RULES

if TYPE_CHECKING:
    from sealward.finding import Finding
    from sealward.report import Summary
    from sealward.rules import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
IN_SOURCE = "an allow-list comment"
"""How a finding says that a comment in the file itself suppresses it."""

HOME = "https://github.com/sealward/sealward"


def render(findings: list[Finding], summary: Summary, colour: bool) -> str:
    """One run with its rules and results; paths are relative URIs from the repository's top."""
    everything = [*findings, *summary.suppressed]
    used = sorted({finding.rule for finding in everything})
    run = {
        "tool": {
            "driver": {
                "name": "sealward",
                "version": __version__,
                "informationUri": HOME,
                "rules": [_rule(RULES[rule]) for rule in used],
            }
        },
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the top of the repository"}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, used.index(finding.rule)) for finding in everything],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    help_text = f"`sealward explain {rule.id}` shows a bad and a good example."
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": f"{rule.summary} It is a rule of the check {rule.check}."},
        "help": {"text": help_text, "markdown": help_text},
        "helpUri": f"{HOME}/blob/main/{rule.anchor}",
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": ["security", rule.check], "security-severity": _weight(rule)},
    }


def _weight(rule: Rule) -> str:
    """GitHub's own scale from 0.0 to 10.0: high for what lies open, low for what only may go wrong."""
    if rule.severity.value == "warning":
        return "3.0"
    lies_open = ("not-sealed", "plaintext", "hidden", "literal", "decrypted", "secret-in-comment")
    return "8.5" if rule.id.startswith(lies_open) else "6.0"


def _result(finding: Finding, index: int) -> dict[str, Any]:
    where = finding.place
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(os.fsencode(where.path)), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": where.line, "startColumn": where.column},
        }
    }
    if where.key_path:
        location["logicalLocations"] = [{"fullyQualifiedName": where.key_path, "kind": "member"}]
    subject = f"`{where.key_path}` " if where.key_path else ""
    kind = "inSource" if finding.suppressed == IN_SOURCE else "external"
    suppressions = [{"kind": kind, "justification": finding.suppressed}] if finding.suppressed else []
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": f"{subject}{finding.message}; {finding.hint}"},
        "locations": [location],
        "partialFingerprints": {"sealward/v1": _fingerprint(finding)},
        **({"suppressions": suppressions} if suppressions else {}),
    }


def _fingerprint(finding: Finding) -> str:
    """The same for a finding whose line has moved: it goes by rule, path, key path and message."""
    parts = (finding.rule, finding.path, finding.place.key_path, finding.message)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
