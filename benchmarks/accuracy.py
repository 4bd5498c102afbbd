"""Recall and false alarms on the corpus, beside other checkers: python -m benchmarks.accuracy

Writes docs/measurements/accuracy.md. ``--full`` takes every key kind and every defect (many minutes).
"""

from __future__ import annotations

import argparse
import datetime
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.corpus.defects import Defect, defects_of, inert
from tests.corpus.good import build
from tests.corpus.judge import judge
from tests.corpus.sealed import Sealed

from benchmarks import peers, plain_peers
from benchmarks.accuracy_page import page

PAGE = Path(__file__).parents[1] / "docs" / "measurements" / "accuracy.md"


class Row(NamedTuple):
    """One file and what each checker said of it: ``found``, ``passed`` or ``crash``."""

    kind: str
    store: str
    said: dict[str, str]


class Result(NamedTuple):
    """All verdicts of one run; ``kind`` is empty for good files."""

    rows: list[Row]
    missing: list[str]
    date: datetime.date
    plain: str


def main() -> None:
    """Build the corpus, ask everybody, write the page."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.accuracy", description="Recall and false alarms, side by side."
    )
    parser.add_argument("--full", action="store_true", help="every key kind and every defect")
    parser.add_argument(
        "--each", type=int, default=10, help="defects of a kind and store that are judged (10)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good, clear = build(folder, full=options.full)
        defects = _defects(good, clear, None if options.full else options.each)
        print(f"{len(good)} good files, {len(defects)} defects", file=sys.stderr)
        result = _judged(folder, good, defects)
    PAGE.write_text(page(result), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


def _defects(good: list[Sealed], clear: list[Sealed], each: int | None) -> list[Defect]:
    originals = [one for one in good if one.name.count("/") == 3]
    made = [defect for one in originals for defect in defects_of(one, Random(one.name))]
    made += map(inert, clear)
    Random(0).shuffle(made)
    taken: Counter[tuple[str, str]] = Counter()
    kept: list[Defect] = []
    for defect in made:
        taken[defect.kind, defect.store] += 1
        if each is None or taken[defect.kind, defect.store] <= each:
            kept.append(defect)
    return kept


def _judged(folder: Path, good: list[Sealed], defects: list[Defect]) -> Result:
    rows = [Row("", one.store, {"sealward": _on_good(one)}) for one in good]
    rows += [Row(one.kind, one.store, {"sealward": _on_defect(one)}) for one in defects]
    everything: list[Sealed | Defect] = [*good, *defects]
    files = [_written(folder, number, one) for number, one in enumerate(everything)]
    installed = peers.install(folder / "peers")
    answers = {name: peers.verdicts(name, python, files) for name, python in installed.items()}
    answers[peers.FILESTATUS] = peers.filestatus(files)
    for name, said in answers.items():
        for row, verdict in zip(rows, said, strict=True):
            row.said[name] = verdict
    return Result(
        rows,
        sorted(peers.PINS.keys() - installed.keys()),
        datetime.datetime.now(datetime.timezone.utc).date(),
        plain_peers.table(*plain_peers.scores(folder / "plain")),
    )


def _on_good(one: Sealed) -> str:
    try:
        return "found" if judge(one.path, one.data, one.rules) else "passed"
    except Exception:
        return "crash"


def _on_defect(one: Defect) -> str:
    """Only the right rule counts."""
    try:
        found = judge(one.path, one.data, one.configuration, one.head, one.beside)
    except Exception:
        return "crash"
    return "found" if {finding.rule for finding in found} & one.rules else "passed"


def _written(folder: Path, number: int, one: Sealed | Defect) -> peers.File:
    home = folder / "files" / str(number)
    configuration = one.rules if isinstance(one, Sealed) else one.configuration
    beside = {} if isinstance(one, Sealed) else one.beside
    for path, data in {
        **beside,
        one.path: one.data,
        ".sops.yaml": configuration or b"creation_rules: []\n",
    }.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_bytes(data)
    return peers.File(home, one.path, one.store)


if __name__ == "__main__":
    main()
