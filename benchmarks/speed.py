"""How long it takes, beside the program itself: python -m benchmarks.speed

Writes docs/measurements/speed.md. Commands that are compared run in turn, so that a busy moment hits
all of them.
"""

from __future__ import annotations

import argparse
import compileall
import datetime
import platform
import statistics
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import sealward
from benchmarks.repositories import Forest
from benchmarks.stopwatch import Taken, interleaved, run
from sealward.sops import program

PAGE = Path(__file__).parents[1] / "docs" / "measurements" / "speed.md"
PROGRAM = str(Path(sys.executable).parent / "sealward")

TEXT = """\
# How fast it is

Measured {date} by `python -m benchmarks.speed`, which writes this page: Python {python}, {system},
{cores} cores. All figures are whole processes, medians of runs taken in turn, and without a key where
nothing else is said. Ratios travel between machines; milliseconds do not.

## Many files

| what | seconds | a file |
|---|---|---|
| `sealward check` of {sealed} sealed files, one command | {ours} | {each} beyond start-up |
| the same, with a key: every value is decrypted, too | {opened} | {opened_each} beyond start-up |
| `sops filestatus` one by one | {theirs} | {their_each} |

That is {factor} as fast, and `filestatus` looks at the metadata alone. Beyond a hundred sealed
files the work is spread over the cores, up to four; the memory is that of the largest process.

## A whole repository

`sealward check --all` with 10,000 tracked files, {sealed} of them sealed: **{all}**, at most {memory}
resident. Every check runs, also the search for secrets in files that are not sealed.

| tracked files | sealed | seconds | peak memory |
|---|---|---|---|
{growth}

From the smallest repository to the largest one, each further 1,000 tracked files cost {slopes}.

## One file

What a commit of one sealed file waits for.

| whole process | milliseconds | × `import yaml` |
|---|---|---|
{one}
"""


def main() -> None:
    """Make the repositories, run everything in turn, write the page."""
    parser = argparse.ArgumentParser(prog="benchmarks.speed", description="How long it takes.")
    parser.add_argument("--rounds", type=int, default=7, help="runs of each command (7); one file: times 5")
    rounds = parser.parse_args().rounds
    compileall.compile_dir(Path(sealward.__file__).parent, quiet=2)  # as pip does when it installs
    with tempfile.TemporaryDirectory() as name:
        forest = Forest(Path(name))
        one = _one(forest, 5 * rounds)
        ours, opened, theirs = _many(forest, rounds)
        growth = [(size, sealed, _all(forest, size, sealed, rounds)) for size, sealed in forest.SIZES]
    start = one["sealward check FILE"]
    whole = growth[-1][2]
    start_with_key = one["sealward check FILE, with a key: contents, too"]
    values = {
        "date": datetime.datetime.now(datetime.timezone.utc).date(),
        "python": platform.python_version(),
        "system": platform.system(),
        "cores": _cores(),
        "sealed": forest.SEALED,
        "ours": f"{ours.seconds:.3f}",
        "each": _beyond(ours, start, forest.SEALED),
        "opened": f"{opened.seconds:.3f}",
        "opened_each": _beyond(opened, start_with_key, forest.SEALED),
        "theirs": f"{theirs.seconds:.2f}",
        "their_each": f"{theirs.seconds / forest.SEALED * 1000:.1f} ms",
        "factor": f"{theirs.seconds / ours.seconds:.0f} times",
        "all": f"{whole.seconds:.2f} s",
        "memory": f"{whole.megabytes:.0f} MB",
        "growth": "\n".join(
            f"| {size:,} | {sealed} | {taken.seconds:.3f} | {taken.megabytes:.0f} MB |"
            for size, sealed, taken in growth
        ),
        "slopes": _slopes([(size, taken) for size, _, taken in growth]),
        "one": "\n".join(_line(name, taken, one) for name, taken in one.items()),
    }
    PAGE.write_text(TEXT.format(**values), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


def _beyond(many: Taken, one: Taken, files: int) -> str:
    return f"{1000 * (many.seconds - one.seconds) / (files - 1):.2f} ms"


def _one(forest: Forest, rounds: int) -> dict[str, Taken]:
    folder = forest.repository(100, 4)
    path = forest.sealed_path(0)
    without, key = forest.environment, forest.with_key
    commands = {
        'python -c "import yaml"': ([sys.executable, "-c", "import yaml"], without),
        "sealward check FILE": ([PROGRAM, "check", path], without),
        "sealward check --only sops-encrypted FILE": (
            [PROGRAM, "check", "--only", "sops-encrypted", path],
            without,
        ),
        "sealward check FILE, with a key: contents, too": ([PROGRAM, "check", path], key),
        "sops filestatus FILE": ([program.find(), "filestatus", path], without),
        "sops decrypt FILE, with a key": ([program.find(), "decrypt", path], key),
    }
    return interleaved(commands, folder, rounds)


def _many(forest: Forest, rounds: int) -> tuple[Taken, Taken, Taken]:
    folder = forest.repository(forest.SEALED, forest.SEALED)
    paths = [forest.sealed_path(number) for number in range(forest.SEALED)]
    command = [PROGRAM, "check", *paths]
    ours, opened, theirs = [], [], []
    for number in range(rounds):
        ours.append(run(command, folder, forest.environment))
        opened.append(run(command, folder, forest.with_key))
        if number < 3:
            each = [run([program.find(), "filestatus", path], folder, forest.environment) for path in paths]
            theirs.append(sum(one.seconds for one in each))
    return Taken.median(ours), Taken.median(opened), Taken(statistics.median(theirs), 0.0)


def _all(forest: Forest, size: int, sealed: int, rounds: int) -> Taken:
    folder = forest.repository(size, sealed)
    return Taken.median([run([PROGRAM, "check", "--all"], folder, forest.environment) for _ in range(rounds)])


def _slopes(growth: list[tuple[int, Taken]]) -> str:
    """What 1,000 further files cost, from each size to the next."""
    steps = pairwise(growth)
    costs = [1e6 * (b.seconds - a.seconds) / (more - less) for (less, a), (more, b) in steps]
    return ", then ".join(f"{cost:.0f} ms" for cost in costs)


def _line(name: str, taken: Taken, one: dict[str, Taken]) -> str:
    base = one['python -c "import yaml"'].seconds
    return f"| `{name}` | {taken.seconds * 1000:.1f} | {taken.seconds / base:.2f} |"


def _cores() -> int:
    import os

    return os.cpu_count() or 1


if __name__ == "__main__":
    main()
