"""SARIF, as the standard has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from sealward.report import render
from tests.report.records import FINDINGS, SUMMARY

if TYPE_CHECKING:
    from sealward.finding import Finding

# The schema of the OASIS standard "SARIF 2.1.0", as published.
SCHEMA = json.loads((Path(__file__).parents[1] / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("findings", [[], FINDINGS], ids=["none", "some"])
def test_sarif_is_valid(findings: list[Finding]) -> None:
    log = json.loads(render("sarif", findings, SUMMARY))
    jsonschema.validate(log, SCHEMA)
    assert len(log["runs"][0]["results"]) == len(findings)


def test_sarif_places() -> None:
    result = json.loads(render("sarif", FINDINGS, SUMMARY))["runs"][0]["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20b/s%C3%A9.enc.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 4, "startColumn": 7}
    assert (result["ruleId"], result["level"]) == ("plaintext-value", "error")
