"""Kills rotations at random moments and counts what was lost: python -m benchmarks.kills [COUNT]"""

from __future__ import annotations

import itertools
import os
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.support.openbao import Bao
from tests.support.repo import make
from tests.support.rotations import NAMES, Trio
from tests.support.sops import Sealer, new_identity

from sealward.vault.server import dev_server

PAGE = Path(__file__).parents[1] / "docs" / "kills.md"
TOO_LATE = "the rotation was done before the kill (not counted)"
LONGEST = 0.55
"""Seconds from the start of the command: a little more than most rotations take."""


def main(rounds: int) -> None:
    """Rotate three secrets in two files, kill -9 at a random moment, resume, and look at everything."""
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
        bao, draw = Bao(server), random.Random(1)
        for number in itertools.count():
            trio = Trio(make(folder / f"r{number}"), Sealer(recipient), bao, f"r{number}")
            outcomes[_round(trio, draw.uniform(0.1, LONGEST))] += 1
            if outcomes.total() - outcomes[TOO_LATE] >= rounds:
                break
    _write(rounds, outcomes)


def _round(trio: Trio, seconds: float) -> str:
    killed = trio.rotate("--all", "--yes", kill_after=seconds)
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
# Rotations killed at random moments

Written by `python -m benchmarks.kills {rounds}`: a rotation of three secrets in two files, on a real
OpenBao server, is killed (SIGKILL) at a random moment and resumed. Afterwards every pin resolves, all pins of
a secret agree with the newest version, no file is torn, no sibling key is lost, and no secret was made twice.
The tests kill at every named step besides (`tests/commands/test_rotate_many.py`).

| outcome | of {rounds} kills |
|---|---|
{rows}
"""


def _write(rounds: int, outcomes: Counter[str]) -> None:
    rows = "\n".join(f"| {outcome} | {count} |" for outcome, count in sorted(outcomes.items()))
    page = PROSE.format(rounds=rounds, rows=rows)
    PAGE.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
