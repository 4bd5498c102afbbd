"""Looking inside sealed files, beside the program and other scanners: python -m benchmarks.contents

Writes docs/measurements/contents.md. Takes some three minutes.
"""

from __future__ import annotations

import argparse
import compileall
import datetime
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pyrage import x25519

import sealward
from benchmarks import literal_peers, oracle
from benchmarks.contents_page import TEXT
from benchmarks.stopwatch import Taken, interleaved, run
from sealward.sops import program

if TYPE_CHECKING:
    from collections import Counter

PAGE = Path(__file__).parents[1] / "docs" / "measurements" / "contents.md"
PROGRAM = str(Path(sys.executable).parent / "sealward")
INSIDE = [PROGRAM, "check", "--require-keys", "--only", "sops-integrity", "--only", "vault-references"]
SIZES = (1, 125, 250, 500, 1_000)


def main() -> None:
    """Measure everything in turn, and write the page."""
    parser = argparse.ArgumentParser(prog="benchmarks.contents", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each command (3); one file: times 10")
    rounds = parser.parse_args().rounds
    compileall.compile_dir(Path(sealward.__file__).parent, quiet=2)  # as pip does when it installs
    tally = oracle.compare(oracle.DOCUMENTS)
    with tempfile.TemporaryDirectory() as name:
        values = {**_speed(Path(name), rounds), **_literals(Path(name) / "literals")}
    values |= {
        "date": datetime.datetime.now(datetime.timezone.utc).date(),
        "python": platform.python_version(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "rounds": rounds,
        "documents": tally.documents,
        "differences": len(tally.differences),
        "tally": "\n".join(_counted(*row) for row in zip(("stores", "keys", "selectors", "verdicts"),
                           (tally.stores, tally.keys, tally.selectors, tally.verdicts), strict=True)),
    }  # fmt: skip
    PAGE.write_text(TEXT.format(**values), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


def _counted(name: str, counts: Counter[str]) -> str:
    return f"| {name} | {', '.join(f'{key} {count}' for key, count in counts.most_common())} |"


def _speed(folder: Path, rounds: int) -> dict[str, object]:
    paths, environment = _sealed(folder, max(SIZES))
    sizes = {str(size): ([*INSIDE, *paths[:size]], environment) for size in SIZES}
    every = {"all": ([PROGRAM, "check", "--require-keys", *paths], environment)}
    grown: dict[str, list[Taken]] = {}
    theirs: list[float] = []
    for _ in range(rounds):
        for name, taken in interleaved({**sizes, **every}, folder, 1).items():
            grown.setdefault(name, []).append(taken)
        each = (run([program.find(), "decrypt", path], folder, environment) for path in paths)
        theirs.append(sum(one.seconds for one in each))
    ours = {name: Taken.median(runs) for name, runs in grown.items()}
    sops, most = Taken.median([Taken(seconds, 0.0) for seconds in theirs]).seconds, ours[str(max(SIZES))]
    return {
        "growth": "\n".join(
            f"| {int(size):,} | {ours[size].seconds:.2f} | {ours[size].megabytes:.0f} MB |" for size in sizes
        ),
        "sizes": ", ".join(f'"{size}"' for size in sizes),
        "seconds": ", ".join(f"{ours[size].seconds:.2f}" for size in sizes),
        "top": round(most.seconds + 0.5, 1),
        "most": max(SIZES),
        "bytes": (folder / paths[0]).stat().st_size / 1000,
        "theirs": sops,
        "factor": sops / most.seconds,
        "all_checks": ours["all"].seconds,
        "all_factor": sops / ours["all"].seconds,
        "one": _one(folder, paths[0], environment, 10 * rounds),
    }


def _one(folder: Path, path: str, environment: dict[str, str], rounds: int) -> str:
    commands = {
        'python -c "import yaml"': ([sys.executable, "-c", "import yaml"], environment),
        "sealward check FILE": ([PROGRAM, "check", path], environment),
        "sops decrypt FILE": ([program.find(), "decrypt", path], environment),
    }
    taken = interleaved(commands, folder, rounds)
    base = next(iter(taken.values())).seconds
    return "\n".join(
        f"| `{name}` | {one.seconds * 1000:.1f} | {one.seconds / base:.2f} |" for name, one in taken.items()
    )


def _sealed(folder: Path, count: int) -> tuple[list[str], dict[str, str]]:
    """A repository of sealed files, no two alike, and the environment with the key that opens them."""
    identity = x25519.Identity.generate()
    (folder / ".sops.yaml").write_text(f"creation_rules:\n  - age: {identity.to_public()}\n")
    without = {name: value for name, value in os.environ.items() if not name.startswith("SOPS_")}
    environment = {**without, "HOME": str(folder), "SOPS_AGE_KEY": str(identity)}
    subprocess.run(["git", "init", "-q"], cwd=folder, env=environment, check=True)
    paths = [f"app-{number}.enc.yaml" for number in range(count)]
    for number, path in enumerate(paths):
        words = [program.find(), "encrypt", "--filename-override", path]
        done = subprocess.run(
            words,
            cwd=folder,
            env=environment,
            input=_document(number).encode(),
            capture_output=True,
            check=True,
        )
        (folder / path).write_bytes(done.stdout)
    return paths, environment


def _document(number: int) -> str:
    """The configuration of one app: ten references, five toggles and numbers, five texts."""
    secrets = [f"  api_key_{i}: vault:secret/data/app-{number}/venue-{i}#api_key#7" for i in range(10)]
    toggles = [
        f"  enable_{i}_of_{number}: true\n  limit_{i}_of_{number}: {i * 100 + number}" for i in range(2)
    ]
    texts = [f"  note_{i}_of_{number}: App {number} sends its orders to venue {i}" for i in range(5)]
    return "\n".join(["environment: production", "app:", *secrets, *toggles, *texts, ""])


def _literals(folder: Path) -> dict[str, object]:
    literals = literal_peers.Literals(folder)
    secrets, harmless = len(literals.secret), len(literals.harmless)
    lines = [
        f"| {name} | {found} ({found / secrets:.1%}) | {alarms} ({alarms / harmless:.1%}) |"
        for name, found, alarms in literals.scores()
    ]
    if len(lines) == 2:
        lines.append("| kingfisher | could not be installed | |")
    return {"secrets": secrets, "harmless": harmless, "scores": "\n".join(lines)}


if __name__ == "__main__":
    main()
