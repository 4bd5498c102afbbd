"""Progress: a bar on a terminal that is gone at the end, and nothing elsewhere."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys

import pytest

from sealward.terminal import CLEAR, progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


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
    assert told.startswith(b"\r\x1b[Ksealward: which keys of nonsense?")
