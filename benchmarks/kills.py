"""Kills rotations at random moments and counts what was lost: python -m benchmarks.kills [COUNT]"""

from __future__ import annotations

import itertools
import os
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.openbao import Bao
from tests.support.repo import make
from tests.support.rotations import NAMES, Trio
from tests.support.sops import Sealer, new_identity

from sealward.demo.bao_server import dev_server

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).parents[1] / "docs" / "measurements" / "kills.md"
TOO_LATE = "the rotation was done before the kill (not counted)"
LONGEST = (0.45, 0.12)
"""Seconds, a little more than most take: from the start of the command, from where all is prepared."""


def main(rounds: int) -> None:
    """Rotate three secrets in two files, kill -9 at every step, then at random moments; resume, and look at
    everything."""
    outcomes: Counter[str] = Counter()
    with dev_server() as server, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        recipient, identity = new_identity(folder)
        os.environ.update(
            SOPS_AGE_KEY_FILE=str(identity),
            HOME=scratch,
            VAULT_ADDR=server.address,
            VAULT_TOKEN=server.root_token,
        )
        bao, draw, numbers = Bao(server), random.Random(1), itertools.count()

        def fresh() -> Trio:
            name = f"r{next(numbers)}"
            return Trio(make(folder / name), Sealer(recipient), bao, name)

        rows = _steps(fresh)
        while outcomes.total() - outcomes[TOO_LATE] < rounds:
            since = outcomes.total() % 2
            outcomes[_round(fresh(), draw.uniform(0.0, LONGEST[since]), since)] += 1
    _write(rounds, rows, outcomes)


def _steps(fresh: Callable[[], Trio]) -> list[str]:
    """A row for each step, until a kill comes too late."""
    rows: list[str] = []
    for step in itertools.count(1):
        row = fresh().killed_at(step)
        if "| not killed |" in row:
            return rows
        rows.append(row)
    return rows


def _round(trio: Trio, seconds: float, since: int) -> str:
    killed = trio.rotate("--all", "--yes", kill_after=seconds, since=since)
    written = trio.versions()
    resumed = trio.rotate("--resume")
    if resumed.returncode != 0 or trio.problems():
        return "LOST"
    if trio.versions() != written or max(written.values()) > 2:
        return "SECOND SECRET"
    if killed.returncode == 0:
        return TOO_LATE
    done = sum(version == 2 for version in written.values())
    return f"killed with {done} of {len(NAMES)} new versions in Vault; finished by --resume"


PROSE = """\
# Rotations killed at every step, and at random moments

Written by `python -m benchmarks.kills {rounds}`: `sealward rotate --all` of three secrets in two files, on a
real OpenBao server, is killed (SIGKILL) and then resumed (`sealward rotate --resume`). Afterwards every pin
resolves, all pins of a secret agree with the newest version, no file is torn, no sibling key is lost, no
secret was made twice, and Vault's journal is empty.

## At every step

The file `a.enc.yaml` pins all three secrets, `b.enc.yaml` pins two and three. The tests hold each row
(`tests/commands/test_rotate_many.py`).

| | killed after the step | new versions in Vault | pins that moved | finished by --resume |
|---|---|---|---|---|
{steps}

## At random moments

Half of the kills come at any time after the start, half after everything was prepared, where Vault and the
files are being written.

| outcome | of {rounds} kills |
|---|---|
{rows}
"""


def _write(rounds: int, steps: list[str], outcomes: Counter[str]) -> None:
    rows = "\n".join(f"| {outcome} | {count} |" for outcome, count in sorted(outcomes.items()))
    page = PROSE.format(rounds=rounds, steps="\n".join(steps), rows=rows)
    PAGE.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
