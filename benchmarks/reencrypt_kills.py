"""Kills re-encryptions of 300 files at random moments: python -m benchmarks.reencrypt_kills [KILLS [RUNS]]"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.support.reencryptions import Fleet
from tests.support.sops import Sealer, new_identity

PAGE = Path(__file__).parents[1] / "docs" / "measurements" / "reencrypt-kills.md"
FILES = 300
ALL = "--data-key"


IN_A_ROW = 3
"""How often one re-encryption, and the runs that are to finish it, are killed in its second stretch."""


def main(kills: int, runs: int) -> None:
    """``runs`` kills of a whole run, and ``kills`` after all copies were prepared: kill -9 at a random
    moment, look at every file, let the next run finish, look again."""
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder, draw = Path(scratch), random.Random(1)
        recipient, identity = new_identity(folder)
        former, _ = new_identity(folder, "former.txt")
        os.environ.update(SOPS_AGE_KEY_FILE=str(identity), HOME=scratch)
        fleet = Fleet.sealed(folder / "fleet", Sealer(recipient), former, FILES)
        whole = _seconds(fleet.copy(folder / "whole"))
        prepared = fleet.copy(folder / "prepared")
        prepared.reencrypt(ALL, kill_after=0, start="commit")
        rest = _seconds(prepared.copy(folder / "rest"))
        while sum(outcomes.values()) < runs:
            outcomes += _round(fleet.copy(folder / "one"), [draw.uniform(0.0, whole)])
        while sum(outcomes.values()) < runs + kills:
            seconds = [draw.uniform(0.0, rest) for _ in range(IN_A_ROW)]
            outcomes += _round(prepared.copy(folder / "one"), seconds)
    _write(outcomes, runs=runs, whole=whole, rest=rest)


def _round(fleet: Fleet, moments: list[float]) -> Counter[str]:
    """Kill runs one after the other, each after so many seconds, and let the last one finish."""
    found: Counter[str] = Counter()
    done: dict[str, bytes] = {}
    for seconds in moments:
        if not fleet.is_over():
            fleet.reencrypt(ALL, kill_after=seconds, start="now")
            found[_judge(fleet, done)] += 1
            done = fleet.new()
    if not fleet.is_over() and fleet.reencrypt(ALL).returncode:
        found["NOT FINISHED"] += 1
    if fleet.problems(finished=True) or not done.items() <= fleet.new().items():
        found["LOST"] += 1
    shutil.rmtree(fleet.repo.path)
    return found


def _judge(fleet: Fleet, done: dict[str, bytes]) -> str:
    new = fleet.new()
    if fleet.problems(finished=False) or not done.items() <= new.items():
        return "TORN, or done twice"
    if fleet.is_over():
        return "the run was over before the kill"
    some = "no file" if not new else "some files" if len(new) < FILES else "all files"
    return f"{some} replaced at the kill"


def _seconds(fleet: Fleet) -> float:
    """How long a run takes that nobody kills."""
    start = time.perf_counter()
    done = fleet.reencrypt(ALL)
    seconds = time.perf_counter() - start
    if done.returncode or fleet.problems(finished=True):
        raise SystemExit(f"it does not even work when nobody kills it: {done.stderr}")
    shutil.rmtree(fleet.repo.path)
    return seconds


PROSE = """\
# Re-encryptions killed at random moments

Written by `python -m benchmarks.reencrypt_kills`. A recipient has left, and `sealward reencrypt --data-key`
renews {files} files: {whole:.0f} s, of which the last {rest:.1f} s are for replacing them and looking at all
of them again. The process is killed (SIGKILL) at a random moment: {runs} times of a whole run, {kills} times
after the copies were prepared, there up to {row} times in a row, the runs that are to finish it included.

After each kill every file is byte for byte the old one, or it opens, with the old values, the new recipients,
and no ciphertext of the old one. Then the next run exits with 0: all files are new, those that had been
replaced are as they were, and nothing lies about. The tests kill before every single access to the journal
and to the temporary files besides (`tests/commands/test_reencrypt_kills.py`).

| outcome | of {total} kills |
|---|---|
{rows}
"""


def _write(outcomes: Counter[str], runs: int, whole: float, rest: float) -> None:
    rows = "\n".join(f"| {outcome} | {count} |" for outcome, count in sorted(outcomes.items()))
    total = sum(outcomes.values())
    page = PROSE.format(
        files=FILES,
        whole=whole,
        rest=rest,
        row=IN_A_ROW,
        runs=runs,
        kills=total - runs,
        total=total,
        rows=rows,
    )
    PAGE.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    main(*(numbers + [200, 20][len(numbers) :]))
