"""Rotations as JSON, and their progress on a terminal."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealward.rotation.batch import Outcome

_WIDTH = 24


def as_json(outcome: Outcome, done: bool) -> str:
    """``{"version": 1, "done": …, "rotated": […], "failed": […]}``; no value is in it."""
    rotated = [
        {
            "secret": plan.target.name,
            "keys": list(plan.target.keys),
            "why": plan.target.why,
            "from": plan.good,
            "to": plan.new,
            "resumed": plan.resumes,
            "files": [one.path for one in plan.files],
        }
        for plan in outcome.done
    ]
    failed = [
        {"secret": target.name, "error": error.message, "hint": error.hint}
        for target, error in outcome.failed
    ]
    return json.dumps({"version": 1, "done": done, "rotated": rotated, "failed": failed}, indent=2)


def progress(total: int) -> Callable[[int, str], None]:
    """Draws a bar on standard error, where that is a terminal and there is more than one thing to do."""
    if total < 2 or not sys.stderr.isatty():
        return lambda number, name: None

    def draw(number: int, name: str) -> None:
        full = _WIDTH * number // total
        bar = "#" * full + "." * (_WIDTH - full)
        end = "\n" if number == total else ""
        print(f"\r\x1b[K[{bar}] {number}/{total} {name}", end=end, file=sys.stderr, flush=True)

    return draw
