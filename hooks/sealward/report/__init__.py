"""Findings → what people and machines read; one module a format, imported when it is asked for."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from argparse import HelpFormatter
    from typing import TextIO

    from sealward.finding import Finding

FORMATS = ("text", "json", "sarif", "github")
_MODULES = {"json": "json_"}

CLEAR = "\r\x1b[K"
"""Takes away the line that the cursor is in: a bar that shows progress."""


class Summary(NamedTuple):
    """How much was looked at: files read, how many of them are sealed, and how many of these could be
    checked only from outside because no key at hand opens them."""

    read: int
    sealed: int
    outside: int = 0


def render(name: str, findings: list[Finding], summary: Summary, colour: bool = False) -> str:
    """The whole report as text that ends with a newline. No format ever shows a value."""
    text: str = import_module(f"sealward.report.findings.{_MODULES.get(name, name)}").render(
        findings, summary, colour
    )
    return text


def help_formatter(prog: str) -> HelpFormatter:
    """For argparse: text as written, and a fixed width, so that the terminal need not be asked (3 ms)."""
    from argparse import RawDescriptionHelpFormatter

    return RawDescriptionHelpFormatter(prog, width=100)


def wants_colour(stream: TextIO) -> bool:
    """Whether a stream is a terminal whose user did not decline colour (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def count(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
