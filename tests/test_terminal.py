"""Text from a repository on its way to a terminal or a CI service; progress, a bar that is gone at the end."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys

import pytest

from sealward.terminal import CLEAR, complain, printable, progress, say, wants_colour

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


def test_this_module_prints_to_the_streams_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", stream := io.StringIO())
    say("one\ntwo")
    assert stream.getvalue() == "one\ntwo\n"


def drawn(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, total: int) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "40")
    draw = progress(iter([0.0, *[5.0] * 99]).__next__)
    for number in range(total + 1):
        draw(number, total, f"rotating secret/bot/{number}")
    return stream.getvalue()


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, last = drawn(Terminal(), monkeypatch, 2).split(CLEAR)[1:]
    assert first == f"[{'.' * 24}] 0/2 rotating"[:39]
    assert second.startswith(f"[{'#' * 12}{'.' * 12}] 1/2 ")
    assert len(first) == len(second) == 39, "a bar that wraps could not be taken away"
    assert last == ""


@pytest.mark.parametrize(("stream", "total"), [(io.StringIO(), 2), (Terminal(), 1)])
def test_nothing_elsewhere_and_for_one(
    stream: io.StringIO, total: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert drawn(stream, monkeypatch, total) == ""


def test_an_error_takes_the_bar_away() -> None:
    """On a real terminal: the line of the error begins where the bar began."""
    ours, terminal = pty.openpty()
    words = [sys.executable, "-m", "sealward", "rotate", "nonsense"]
    subprocess.run(words, stdout=terminal, stderr=terminal, check=False)
    told = os.read(ours, 1024)
    os.close(ours)
    os.close(terminal)
    assert told.startswith(b"\r\x1b[Ksealward: no key of nonsense is named")
