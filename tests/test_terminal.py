"""Text from a repository on its way to a terminal or a CI service."""

from __future__ import annotations

import io
import sys

import pytest

from sealward import shell
from sealward.terminal import complain, printable, say, wants_colour

NASTY = [
    "\x1b[2J",
    "\x1b]0;title\x07",
    "a\nb",
    "a\rb",
    "\u202etxt",
    "\u2028",
    "\x85",
    "\x00",
    "\udcff",
    "\x9b31m",
]


@pytest.mark.parametrize("text", NASTY)
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    shown = printable(f"x{text}y")
    assert shown.isprintable()
    assert shown.startswith("x")
    assert shown.endswith("y")


@pytest.mark.parametrize("text", ["plain", "caf\u00e9", "\u65e5\u672c", "a: b", "x::y", "# [x]"])
def test_ordinary_text_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    "text", ["::error::x", "  ::add-mask::x", "\t::stop-commands::x", "##[error]x", "a ##[add-mask]b"]
)
def test_nothing_is_left_that_a_runner_obeys(text: str) -> None:
    shown = printable(text)
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown


def test_a_line_that_only_begins_so_behind_a_line_break(capsys: pytest.CaptureFixture[str]) -> None:
    say(["a\n::error::b", "c"])
    complain("x\n::error::y")
    told = capsys.readouterr()
    assert not any(line.lstrip().startswith("::") for line in (told.out + told.err).splitlines())
    assert told.err.count("\n") == 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "variables", "terminal", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(
    choice: str, variables: dict[str, str], terminal: bool, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(Terminal() if terminal else io.StringIO(), choice) is wanted


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a.yaml", "a.yaml"),
        ("a b.yaml", "'a b.yaml'"),
        ("$(touch x).yaml", "'$(touch x).yaml'"),
        ("x; rm y", "'x; rm y'"),
        ("it's", "'it'\"'\"'s'"),
        ("--help.enc.yaml", "./--help.enc.yaml"),
        ("-x y", "'./-x y'"),
    ],
)
def test_a_name_is_one_word_of_a_command(name: str, word: str) -> None:
    assert shell.path(name) == word


def test_this_module_prints_to_the_streams_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", stream := io.StringIO())
    say("one\ntwo")
    assert stream.getvalue() == "one\ntwo\n"
