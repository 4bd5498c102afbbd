"""Reports: every format says the same, none shows a value, the standard ones are valid."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from sealward.finding import Finding, Place, Severity
from sealward.report import FORMATS, Summary, render

# The schema of the OASIS standard "SARIF 2.1.0", as published.
SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
FINDINGS = [
    Finding(
        rule="plaintext-value",
        place=Place("a b/sé.enc.yaml", 4, 7, "db.password"),
        message="stands in clear",
        hint="seal it",
    ),
    Finding(
        rule="data-key-kept",
        place=Place("a b/sé.enc.yaml", 9, 1, "sops"),
        message="left",
        hint="rotate",
        severity=Severity.WARNING,
    ),
    Finding(rule="not-sealed", place=Place("other,file:1.json"), message="100% is\nnot", hint="seal it"),
    Finding(
        rule="plaintext-value",
        place=Place("list.yaml", 2, 3, "items[3]"),
        message="stands in clear",
        hint="seal it",
    ),
]
SUMMARY = Summary(7, 2)


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


def test_github_annotations() -> None:
    lines = render("github", FINDINGS, SUMMARY).splitlines()
    assert lines[0].startswith(
        "::error file=a b/sé.enc.yaml,line=4,col=7,title=sealward%3A plaintext-value::"
    )
    assert lines[1].startswith("::warning ")
    assert lines[2].startswith("::error file=other%2Cfile%3A1.json,line=1,")
    assert lines[2].endswith("::100%25 is%0Anot; seal it")
    assert render("github", [], SUMMARY) == ""


def test_text() -> None:
    assert render("text", FINDINGS[:1], SUMMARY).splitlines() == [
        "a b/sé.enc.yaml",
        "  a b/sé.enc.yaml:4:7: error: `db.password` stands in clear [plaintext-value]",
        "        4 | password: ********",
        "          |           ^",
        "    hint: seal it",
        "",
        "sealward: 1 error in 1 file (7 files read, 2 sealed)",
    ]
    assert render("text", [], SUMMARY) == "sealward: no findings (7 files read, 2 sealed)\n"
    assert "3 errors and 1 warning in 3 files" in render("text", FINDINGS, SUMMARY)


def test_colour_only_on_request() -> None:
    assert "\x1b[" in render("text", FINDINGS, SUMMARY, colour=True)
    assert "\x1b" not in render("text", FINDINGS, SUMMARY)


def test_no_control_character_reaches_a_terminal() -> None:
    nasty = Finding(
        rule="not-sealed",
        place=Place("a\x1b[2J.yaml", 1, 1, "k\x07\n\u202eey"),
        message="is not",
        hint="seal it",
    )
    shown = render("text", [nasty], SUMMARY)
    assert not [char for char in shown if not char.isprintable() and char != "\n"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_ends_with_a_newline(name: str) -> None:
    assert render(name, FINDINGS, SUMMARY).endswith("\n")
