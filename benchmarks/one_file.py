"""The whole process for one file: python -m benchmarks.one_file"""

from __future__ import annotations

import compileall
import statistics
import subprocess
import sys
import time
from pathlib import Path

import sealward
from sealward.sops import program as sops_program

ROUNDS = 40
FILE = str(Path(__file__).parents[1] / "secrets.enc.yaml")


def main() -> None:
    """Run the commands in turn, so that a busy moment hits all of them, and print medians and ratios."""
    compileall.compile_dir(Path(sealward.__file__).parent, quiet=2)  # as pip does when it installs
    command_line = str(Path(sys.executable).parent / "sealward")
    commands = {
        'python -c "import yaml"': [sys.executable, "-c", "import yaml"],
        "sealward check ONE_FILE": [command_line, "check", FILE],
        "sealward check --only sops-encrypted": [command_line, "check", "--only", "sops-encrypted", FILE],
        "sops filestatus ONE_FILE": [sops_program.find(), "filestatus", FILE],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            times[name].append(_seconds(command))
    base = statistics.median(times['python -c "import yaml"'])
    print(f"{'whole process':<40} {'median ms':>10} {'ratio':>7}")
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:<40} {median * 1000:>10.1f} {median / base:>6.2f}x")


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
