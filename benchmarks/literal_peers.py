"""The tables of literals, judged by us and by two scanners: each literal alone in a YAML file, under its key.

detect-secrets runs with all its detectors, as `detect-secrets scan` does; kingfisher is installed into a
throw-away environment. Neither asks a server whether what it found is valid.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from tests.support.literals import Row, table

from sealward.detectors import secret_in

TABLES = Path(__file__).parents[1] / "tests" / "detectors"
KINGFISHER = "kingfisher-bin==2.14.0"


class Score(NamedTuple):
    """How many secrets a scanner found, and how many harmless literals it took for one."""

    name: str
    found: int
    alarms: int


class Literals:
    """Both tables, also as files in a folder: ``secret/NUMBER.yaml`` and ``harmless/NUMBER.yaml``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secret = table(TABLES / "literals_secret.txt")
        self.harmless = table(TABLES / "literals_harmless.txt")
        for name, rows in (("secret", self.secret), ("harmless", self.harmless)):
            (folder / name).mkdir(parents=True)
            for number, row in enumerate(rows):
                text = yaml.safe_dump(_nested(row), width=1_000_000, allow_unicode=True)
                (folder / name / f"{number}.yaml").write_text(text, encoding="utf-8")

    def scores(self) -> list[Score]:
        """Ours first; a scanner that cannot be installed is left out."""
        both = ((secret_in(row.text, row.path) is not None for row in rows)
                for rows in (self.secret, self.harmless))  # fmt: skip
        scores = [Score("Sealward", *map(sum, both)), self._score("detect-secrets", self._detect_secrets())]
        program = self._install()
        for confidence in ("medium", "low") if program else ():
            name = f"kingfisher, confidence {confidence}"
            scores.append(self._score(name, self._kingfisher(program, confidence)))
        return scores

    def _score(self, name: str, paths: set[str]) -> Score:
        kinds = [Path(path).parent.name for path in paths]
        return Score(name, kinds.count("secret"), kinds.count("harmless"))

    def _detect_secrets(self) -> set[str]:
        words = [sys.executable, "-m", "detect_secrets", "scan", "--no-verify", "--all-files", "."]
        return set(self._json(words)["results"])

    def _install(self) -> str:
        home = self.folder.parent / "kingfisher"
        steps = (
            [sys.executable, "-m", "venv", str(home)],
            [str(home / "bin" / "python"), "-m", "pip", "install", "-q", KINGFISHER],
        )
        done = all(subprocess.run(step, capture_output=True, check=False).returncode == 0 for step in steps)
        return str(home / "bin" / "kingfisher") if done else ""

    def _kingfisher(self, program: str, confidence: str) -> set[str]:
        words = [program, "scan", "--no-validate", "--no-update-check", "--no-dedup", "--git-history", "none"]
        report = self._json([*words, "--confidence", confidence, "--format", "json", "."])
        return {one["finding"]["path"] for one in report["findings"]}

    def _json(self, words: list[str]) -> Any:
        """The report that a scanner prints; kingfisher lets a summary follow it."""
        environment = {**os.environ, "HOME": str(self.folder.parent)}
        done = subprocess.run(words, cwd=self.folder, env=environment, capture_output=True, check=False)
        report, _ = json.JSONDecoder().raw_decode(done.stdout.decode().lstrip())
        return report


def _nested(row: Row) -> Any:
    value: Any = row.text
    for step in reversed(row.path):
        value = [value] if isinstance(step, int) else {step: value}
    return value
