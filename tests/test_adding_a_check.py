"""CONTRIBUTING.md is true: a check is one module, one line in the registry, one table of rules."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.repo import Repo

TOP = Path(__file__).parents[1]
BLOCK = re.compile(r"^   ```(?:python|text)\n(.*?)^   ```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, with the check of CONTRIBUTING.md added as that says."""
    blocks = BLOCK.findall((TOP / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    module, registered, rules = (re.sub("(?m)^   ", "", block) for block in blocks)
    hooks = tmp_path / "hooks"
    shutil.copytree(TOP / "hooks", hooks, ignore=shutil.ignore_patterns("__pycache__"))
    checks = hooks / "sealward" / "checks"
    (checks / "shouting.py").write_text(module, encoding="utf-8")
    for file, after, line in (
        (checks / "__init__.py", "    for check in (\n", registered),
        (hooks / "sealward" / "rules.py", "_ALL = [\n", rules),
    ):
        text = file.read_text(encoding="utf-8")
        assert text.count(after) == 1
        file.write_text(text.replace(after, after + line), encoding="utf-8")
    return hooks


@pytest.mark.parametrize(("text", "found"), [("PASSWORD: x\n", ["shouting-key"]), ("password: x\n", [])])
def test_the_check_of_the_manual_works(package: Path, repo: Repo, text: str, found: list[str]) -> None:
    repo.commit({".sealward.yaml": "sealed: ['*.conf.yaml']\n", "a.conf.yaml": text})
    command = [
        sys.executable,
        "-m",
        "sealward",
        "check",
        "--only",
        "no-shouting",
        "--format",
        "json",
        "--all",
    ]
    done = subprocess.run(
        command,
        cwd=repo.path,
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        check=False,
    )
    report = json.loads(done.stdout)
    assert [one["rule"] for one in report["findings"]] == found, done.stderr
    assert done.returncode == bool(found)
