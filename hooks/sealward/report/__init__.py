"""Findings → what people and machines read; one module a format, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sealward.records import Record

if TYPE_CHECKING:
    from sealward.finding import Finding

FORMATS = ("text", "json", "sarif", "github")
_MODULES = {"json": "json_"}


class Summary(Record):
    """How much was looked at: files read, how many of them are sealed, and how many of these could be
    checked only from outside because no key at hand opens them. ``left_out`` says why files were not read,
    and how many; ``suppressed`` are the findings that somebody said are to be left alone. ``quiet`` leaves
    out the line for people that says all this."""

    read: int
    sealed: int
    outside: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    suppressed: tuple[Finding, ...] = ()
    quiet: bool = False


def render(name: str, findings: list[Finding], summary: Summary, colour: bool = False) -> str:
    """The whole report as text that ends with a newline. No format ever shows a value."""
    text: str = import_module(f"sealward.report.findings.{_MODULES.get(name, name)}").render(
        findings, summary, colour
    )
    return text
