"""``sealward check --all`` over clones of public repositories, and secret scanners beside it.

``python -m benchmarks.public_repositories FOLDER`` prints the table of
docs/measurements/public-repositories.md for every clone in the folder (``OWNER+NAME``). What the findings
are worth is judged by people: ``--findings`` prints them, one a line. Nothing of the repositories is kept.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

PEERS: dict[str, tuple[str, ...]] = {
    "gitleaks": ("dir", "--no-banner", "--report-format", "json", "--report-path", "{report}", "."),
    "kingfisher": (
        "scan", "--no-validate", "--no-update-check", "--git-history", "none", "--no-dedup", "--confidence",
        "medium", "--format", "json", "--output", "{report}", "--exclude", ".git", ".",
    ),
}  # fmt: skip
"""How each is run: on the files as they lie there, asking no server."""


def main() -> None:
    """Print the table, or the findings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--findings", action="store_true", help="print the findings instead")
    options = parser.parse_args()
    clones = sorted(path.parent for path in options.folder.glob("*/.git"))
    found = [peer for peer in PEERS if shutil.which(peer)]
    if not options.findings:
        print("| repository | files | sealed | findings |", " | ".join(found), "|")
        print("|---" * (4 + len(found)) + "|")
    for clone in clones:
        findings = checked(clone)
        if options.findings:
            for one in findings:
                print(f"{clone.name}/{one['path']}:{one['line']}: {one['rule']}: {one['message']}")
        else:
            print(row(clone, findings, found), flush=True)


def row(clone: Path, findings: list[dict[str, Any]], peers: list[str]) -> str:
    """A repository's row of the table."""
    rules = Counter(one["rule"] for one in findings)
    said = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items()))
    counts = [len(git(clone, "ls-files")), sealed(clone), said, *(count_of(peer, clone) for peer in peers)]
    return f"| {clone.name.replace('+', '/')} | {' | '.join(map(str, counts))} |"


def checked(clone: Path) -> list[dict[str, Any]]:
    """What Sealward finds."""
    words = [sys.executable, "-m", "sealward", "check", "--all", "--format", "json"]
    done = subprocess.run(words, cwd=clone, capture_output=True, check=False, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{clone}: {done.stderr}")
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return findings


def count_of(peer: str, clone: Path) -> int:
    """How many findings another tool has."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        words = [peer, *(word.format(report=report) for word in PEERS[peer])]
        subprocess.run(words, cwd=clone, capture_output=True, check=False)
        if not report.exists() or not report.read_text():
            return 0
        read = json.loads(report.read_text())
    return len(read["findings"] if isinstance(read, dict) else read)


def sealed(clone: Path) -> int:
    """How many tracked files hold ciphertext of sops."""
    return len(git(clone, "grep", "-l", "ENC.AES256_GCM"))


def git(clone: Path, *words: str) -> list[str]:
    """The lines that git prints."""
    done = subprocess.run(["git", *words], cwd=clone, capture_output=True, check=False, text=True)
    return done.stdout.splitlines()


if __name__ == "__main__":
    main()
