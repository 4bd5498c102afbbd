"""Other checkers of SOPS files, each as its own program runs, on the files of the corpus.

The Python ones are installed into a throw-away environment and their ``main`` is called once a file, in
one process: what counts is its exit status, or that it ended in a traceback.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from sealward.sops import program

if TYPE_CHECKING:
    from pathlib import Path

ENSURE, VALIDATE, CHECKER = "pre-commit-hook-ensure-sops", "validate-sops", "sops-checker"
PINS = {ENSURE: "1.1", VALIDATE: "0.1.2", CHECKER: "0.2.0"}
MODULES = {
    ENSURE: "pre_commit_hook_ensure_sops.__main__",
    VALIDATE: "validate_sops.main",
    CHECKER: "sops_checker.cli",
}
FILESTATUS = "sops filestatus"
STORES = {
    ENSURE: ("yaml", "json", "binary"),
    VALIDATE: ("yaml", "json", "dotenv"),
    CHECKER: ("yaml", "json", "dotenv", "ini", "binary"),
    FILESTATUS: ("yaml", "json", "dotenv", "ini", "binary"),
}
"""The stores that each says, or its code shows, it reads."""

_RUNNER = """
import contextlib, importlib, io, json, sys
main = importlib.import_module(sys.argv[1]).main
verdicts = []
for arguments in json.load(sys.stdin):
    sys.argv = ["peer", *arguments]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            status = main()
        except SystemExit as exit:
            status = exit.code
        except BaseException:
            status = "crash"
    verdicts.append("crash" if status == "crash" else "found" if status else "passed")
print(json.dumps(verdicts))
"""


class File(NamedTuple):
    """A file in a folder of its own, in which its ``.sops.yaml`` lies, too."""

    folder: Path
    path: str
    store: str


def install(folder: Path) -> dict[str, str]:
    """Peers that could be installed, with the interpreter that has them; the others are left out."""
    found: dict[str, str] = {}
    for name, version in PINS.items():
        home = folder / name
        python = str(home / "bin" / "python")
        steps = (
            [sys.executable, "-m", "venv", str(home)],
            [python, "-m", "pip", "install", "-q", f"{name}=={version}"],
        )
        if all(subprocess.run(step, capture_output=True, check=False).returncode == 0 for step in steps):
            found[name] = python
    return found


def verdicts(name: str, python: str, files: list[File]) -> list[str]:
    """``found``, ``passed`` or ``crash`` for each file, by one of the peers written in Python."""
    arguments = [[str(one.folder)] if name == CHECKER else [str(one.folder / one.path)] for one in files]
    done = subprocess.run(
        [python, "-c", _RUNNER, MODULES[name]],
        input=json.dumps(arguments),
        text=True,
        capture_output=True,
        check=True,
    )
    result: list[str] = json.loads(done.stdout)
    return result


def filestatus(files: list[File]) -> list[str]:
    """The verdicts of ``sops filestatus``, a process a file."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(_filestatus, files))


def _filestatus(one: File) -> str:
    words = [program.find(), "filestatus", "--input-type", one.store, one.path]
    done = subprocess.run(words, cwd=one.folder, capture_output=True, text=True, check=False)
    if "panic:" in done.stderr:
        return "crash"
    return "passed" if done.returncode == 0 and '"encrypted":true' in done.stdout else "found"
