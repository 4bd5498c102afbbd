"""CONTRIBUTING.md is true: a check is one module, one line in the registry, one table of rules, one section."""

from __future__ import annotations

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
BLOCK = re.compile(r"^   (````?)(?:python|text|markdown)\n(.*?)^   \1$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package and its rules, with the check of CONTRIBUTING.md added as that says."""
    top = tmp_path_factory.mktemp("added")
    blocks = BLOCK.findall((TOP / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    module, registered, rules, section = (re.sub("(?m)^   ", "", block) for _, block in blocks)
    hooks, document = top / "hooks", top / "docs" / "rules.md"
    shutil.copytree(TOP / "hooks", hooks, ignore=shutil.ignore_patterns("__pycache__"))
    document.parent.mkdir()
    shutil.copy(TOP / "docs" / "rules.md", document)
    checks = hooks / "sealward" / "checks"
    (checks / "shouting.py").write_text(module, encoding="utf-8")
    for file, place, text in (
        (checks / "__init__.py", "    for check in (\n", "{place}{new}"),
        (hooks / "sealward" / "rules.py", "_ALL = [\n", "{place}{new}"),
        (document, "\n# sops-encrypted\n", "\n{new}{place}"),
    ):
        new = {"__init__.py": registered, "rules.py": rules, "rules.md": section}[file.name]
        before = file.read_text(encoding="utf-8")
        assert before.count(place) == 1
        file.write_text(before.replace(place, text.format(place=place, new=new)), encoding="utf-8")
    return hooks


def run(package: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Python with that package."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{TOP}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_check_of_the_manual_works(package: Path, repo: Repo) -> None:
    repo.commit(
        {"a.yaml": "PASSWORD: x\n", "b.yaml": "password: x\n", ".sealward.yaml": "sealed: ['?.yaml']\n"}
    )
    done = run(package, repo.path, "sealward", "check", "--only", "no-shouting", "--all")
    assert re.findall(r"(\S+): error: .* \[(.*)\]", done.stdout) == [("a.yaml:1:11", "shouting-key")], (
        done.stderr
    )
    assert done.returncode == 1


def test_its_section_is_tested_and_explained(package: Path, tmp_path: Path) -> None:
    wanted = "shouting-key or name_the_same_rules"
    tested = run(package, TOP, "pytest", "-n0", "-p", "no:cacheprovider", "tests/test_rules.py", "-k", wanted)
    assert "3 passed" in tested.stdout, tested.stdout
    explained = run(package, tmp_path, "sealward", "explain", "shouting-key").stdout
    assert "A key is in capitals, as variables" in explained
    assert "PASSWORD: ENC[…]" in explained
