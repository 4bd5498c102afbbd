"""Wall-clock time and peak memory of whole processes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Taken(NamedTuple):
    """Seconds by the wall clock, and the peak of the resident memory in megabytes (children left out)."""

    seconds: float
    megabytes: float

    @classmethod
    def median(cls, runs: list[Taken]) -> Taken:
        """The median time; the greatest memory."""
        return cls(statistics.median(one.seconds for one in runs), max(one.megabytes for one in runs))


def run(command: list[str], folder: Path, environment: dict[str, str]) -> Taken:
    """One run of a command, which must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:3]} failed with status {process.returncode}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Taken(seconds, usage.ru_maxrss / unit)


def interleaved(
    commands: dict[str, tuple[list[str], dict[str, str]]], folder: Path, rounds: int
) -> dict[str, Taken]:
    """Each command, with its environment, ``rounds`` times, in turn; medians."""
    runs: dict[str, list[Taken]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, environment) in commands.items():
            runs[name].append(run(command, folder, environment))
    return {name: Taken.median(taken) for name, taken in runs.items()}
