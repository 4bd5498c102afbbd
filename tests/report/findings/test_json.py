"""JSON whose fields stay."""

from __future__ import annotations

import json

from sealward.report import render
from tests.report.records import FINDINGS, SUMMARY


def test_json_is_stable() -> None:
    report = json.loads(render("json", FINDINGS, SUMMARY))
    assert list(report) == ["version", "summary", "findings"]
    assert report["version"] == 1
    assert report["summary"] == {
        "files_read": 7,
        "files_sealed": 2,
        "files_checked_only_from_outside": 0,
        "files_left_out": {},
        "suppressed": 0,
        "errors": 3,
        "warnings": 1,
    }
    assert report["findings"][0] == {
        "rule": "plaintext-value",
        "path": "a b/sé.enc.yaml",
        "line": 4,
        "column": 7,
        "key_path": "db.password",
        "message": "stands in clear",
        "hint": "seal it",
        "severity": "error",
    }
