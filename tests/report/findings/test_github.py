"""Workflow commands: each field escaped as GitHub's runner wants it."""

from __future__ import annotations

from sealward.report import render
from tests.report.records import FINDINGS, SUMMARY


def test_github_annotations() -> None:
    lines = render("github", FINDINGS, SUMMARY).splitlines()
    assert lines[0].startswith(
        "::error file=a b/sé.enc.yaml,line=4,col=7,title=sealward%3A plaintext-value::"
    )
    assert lines[1].startswith("::warning ")
    assert lines[2].startswith("::error file=other%2Cfile%3A1.json,line=1,")
    assert lines[2].endswith("::100%25 is%0Anot; seal it")
    assert render("github", [], SUMMARY) == ""
