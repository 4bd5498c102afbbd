"""Wall-clock time and peak memory of whole processes."""

from __future__ import annotations

import statistics
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


MEASURED = """\
import resource, sys
from sealward.cli import main
status = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""
BETWEEN = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', *sys.argv[1:]]).returncode)"
"""A process between: the peak that a child is told begins with its parent's size, and ours is large."""


class Taken(NamedTuple):
    """Seconds by the wall clock, and the peak of the resident memory in megabytes (children left out)."""

    seconds: float
    megabytes: float

    @classmethod
    def median(cls, runs: list[Taken]) -> Taken:
        """The median time; the greatest memory."""
        return cls(statistics.median(one.seconds for one in runs), max(one.megabytes for one in runs))


_INNER = """\
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""
"""A process between: the peak that a child is told begins with its parent's size, and ours is large."""


def run(command: list[str], folder: Path, environment: dict[str, str]) -> Taken:
    """One run of a command, which must succeed."""
    words = [sys.executable, "-I", "-S", "-c", _INNER, *command]
    done = subprocess.run(words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    seconds, peak, status = done.stdout.split()
    if status != "0":
        raise SystemExit(f"{command[:3]} failed with status {status}")
    return Taken(float(seconds), int(peak) / (1 << (20 if sys.platform == "darwin" else 10)))


def interleaved(
    commands: dict[str, tuple[list[str], dict[str, str]]], folder: Path, rounds: int
) -> dict[str, Taken]:
    """Each command, with its environment, ``rounds`` times, in turn; medians."""
    runs: dict[str, list[Taken]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, environment) in commands.items():
            runs[name].append(run(command, folder, environment))
    return {name: Taken.median(taken) for name, taken in runs.items()}
