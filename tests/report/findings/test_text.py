"""Findings for people."""

from __future__ import annotations

from sealward.finding import Finding, Place
from sealward.report import render
from tests.report.records import FINDINGS, SUMMARY


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
