"""The edge to people: text made printable, colour, progress, questions. The one way to print.

What a repository holds (names of files, keys, recipients) can be any text. Terminals obey escape sequences
in it, CI services lines that begin with ``::``; so every line goes through ``printable`` on its way out.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Progress = Callable[[int, int, str], None]
    """Called with how many are done, of how many, and what is done next."""

CLEAR = "\r\x1b[K"
"""Takes away the line that the cursor is in: a bar that shows progress."""

PATIENCE = 1.0
"""Seconds that a run may take before its progress is shown."""

_WIDTH = 24
_TRUE_SIGNS = ("FORCE_COLOR", "CLICOLOR_FORCE")


def printable(text: str) -> str:
    """One line of text that a terminal or a CI service takes for nothing but text.

    Control characters, line breaks, bidirectional controls and lone surrogates are escaped; so are the
    marks by which GitHub's runner knows a command (``::`` at the beginning, ``##[`` anywhere).
    """
    if not text.isprintable():
        text = "".join(one if one.isprintable() else _escaped(one) for one in text)
    if text.lstrip().startswith("::"):
        text = text.replace("::", "\\x3a\\x3a", 1)
    return text.replace("##[", "##\\x5b") if "##[" in text else text


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def say(lines: Iterable[str] | str = "", *, file: TextIO | None = None) -> None:
    """Print lines of plain text, each made printable; a text is split at its own line ends."""
    wanted = (
        lines.split("\n") if isinstance(lines, str) else [part for one in lines for part in one.split("\n")]
    )
    out = sys.stdout if file is None else file
    print("".join(f"{printable(line)}\n" for line in wanted), end="", file=out, flush=True)


def say_json(data: object) -> None:
    """One JSON document on standard output, in ASCII: any name is safe there, and none gets lost."""
    import json

    print(json.dumps(data, indent=2, ensure_ascii=True), flush=True)


def complain(text: str) -> None:
    """One line on standard error, in the place of a bar that is being drawn there. Where nothing is there to
    take it, the exit status alone says it."""
    if sys.stderr is None:
        return
    clear = CLEAR if is_terminal(sys.stderr) else ""
    with contextlib.suppress(OSError):
        print(f"{clear}sealward: {printable(text)}", file=sys.stderr, flush=True)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at a stream."""
    return stream is not None and stream.isatty()


def wants_colour(stream: TextIO, choice: str = "auto") -> bool:
    """Whether to write colour to a stream: as the user says (``always``, ``never``), else on a terminal.

    https://no-color.org and https://bixense.com/clicolors are honoured; a set NO_COLOR wins.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in ("", "0") for name in _TRUE_SIGNS):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def unseen(number: int, total: int, name: str) -> None:
    """Progress that nobody sees."""


def progress(now: Callable[[], float] = time.monotonic) -> Progress:
    """Draws a bar on standard error, where that is a terminal and a run takes longer than ``PATIENCE``; it is
    gone when all is done. ``now`` is a clock in seconds."""
    if not is_terminal(sys.stderr):
        return unseen
    began, shown = now(), False

    def draw(number: int, total: int, name: str) -> None:
        nonlocal shown
        if total < 2 or (not shown and now() - began < PATIENCE):
            return
        if number == total and not shown:
            return
        from shutil import get_terminal_size

        full = _WIDTH * number // total
        line = f"[{'#' * full}{'.' * (_WIDTH - full)}] {number}/{total} {printable(name)}"
        bar = "" if number == total else line[: get_terminal_size().columns - 1]
        shown = number != total
        print(f"{CLEAR}{bar}", end="", file=sys.stderr, flush=True)

    return draw


def can_ask() -> bool:
    """Whether there is somebody to ask."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


def ask(question: str) -> bool:
    """Whether a person answers yes on the terminal; no is the answer to anything else.

    Raises EOFError where the terminal is closed instead (Ctrl-D).
    """
    return input(f"{printable(question)} [y/N] ").strip().lower() in ("y", "yes")


def counted(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
