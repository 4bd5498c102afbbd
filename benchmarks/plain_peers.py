"""Files that are not sealed, judged by us and by two scanners, each as its own program runs.

detect-secrets runs with all its detectors, kingfisher is installed into a throw-away environment; neither
asks a server whether what it found is valid.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.corpus import plain

from benchmarks.literal_peers import KINGFISHER

if TYPE_CHECKING:
    from pathlib import Path


class Score(NamedTuple):
    """Of each kind of file how many a scanner reports; ``made`` is how many there are."""

    name: str
    found: Counter[str]


def scores(folder: Path) -> tuple[Counter[str], set[str], list[Score]]:
    """How many files there are of each kind, the kinds that hold secrets, and what each scanner reports."""
    cases = [*plain.secrets(), *plain.harmless()]
    kinds: dict[str, str] = {}
    for number, one in enumerate(cases):
        path = folder / "files" / str(number) / one.name
        path.parent.mkdir(parents=True)
        path.write_bytes(one.data)
        kinds[str(path.relative_to(folder / "files"))] = one.kind
    files = folder / "files"
    git = ("git", "-c", "user.name=t", "-c", "user.email=t@example.org")
    for words in (["init", "-q"], ["add", "--all"], ["commit", "-q", "-m", "files"]):
        subprocess.run([*git, *words], cwd=files, check=True)
    found = {"Sealward": _ours(files), "detect-secrets": _detect_secrets(files)}
    if program := _installed(folder / "kingfisher"):
        found["kingfisher"] = _kingfisher(program, files)
    made = Counter(one.kind for one in cases)
    secret = {one.kind for one in cases if one.secret}
    return made, secret, [Score(name, Counter(kinds[one] for one in paths)) for name, paths in found.items()]


def _ours(files: Path) -> set[str]:
    report = _json([sys.executable, "-m", "sealward", "check", "--all", "--format", "json"], files)
    return {one["path"] for one in report["findings"]}


def _detect_secrets(files: Path) -> set[str]:
    words = [sys.executable, "-m", "detect_secrets", "scan", "--no-verify", "--all-files", "."]
    return set(_json(words, files)["results"])


def _kingfisher(program: str, files: Path) -> set[str]:
    words = [program, "scan", "--no-validate", "--no-update-check", "--no-dedup", "--git-history", "none"]
    report = _json([*words, "--confidence", "medium", "--format", "json", "."], files)
    return {one["finding"]["path"].removeprefix("./") for one in report["findings"]}


def _installed(home: Path) -> str:
    steps = (
        [sys.executable, "-m", "venv", str(home)],
        [str(home / "bin" / "python"), "-m", "pip", "install", "-q", KINGFISHER],
    )
    done = all(subprocess.run(step, capture_output=True, check=False).returncode == 0 for step in steps)
    return str(home / "bin" / "kingfisher") if done else ""


def _json(words: list[str], folder: Path) -> Any:
    """The report that a scanner prints; kingfisher lets a summary follow it."""
    environment = {**os.environ, "HOME": str(folder.parent)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, check=False)
    report, _ = json.JSONDecoder().raw_decode(done.stdout.decode().lstrip())
    return report


def table(made: Counter[str], secret: set[str], scored: list[Score]) -> str:
    """Reported / made, of each kind and by each scanner."""
    lines = [
        f"| kind of file | holds a secret | {' | '.join(one.name for one in scored)} |",
        f"|---|---|{'---|' * len(scored)}",
    ]
    for kind, number in made.items():
        cells = " | ".join(f"{one.found[kind]} of {number}" for one in scored)
        lines.append(f"| {kind} | {'yes' if kind in secret else 'no'} | {cells} |")
    return "\n".join(lines)
