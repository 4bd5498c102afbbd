"""``python -m sealward`` imports nothing of the folder that it stands in."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.repo import Repo

SHADOWS = (
    "yaml",
    "re2",
    "argparse",
    "json",
    "pathlib",
    "cryptography",
    "pyrage",
    "tempfile",
    "detect_secrets",
)
ARGUMENTS = (
    ["check", "--all"],
    ["status", "--offline"],
    ["reencrypt", "--dry-run"],
    ["explain", "not-sealed"],
)


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=" ".join)
@pytest.mark.parametrize("start", [[], ["-P"]], ids=["plain", "safe path"])
def test_no_module_of_a_repository_is_imported(repo: Repo, arguments: list[str], start: list[str]) -> None:
    if start and sys.version_info < (3, 11):
        pytest.skip("-P is of Python 3.11")
    mark = repo.path.parent / "imported"
    code = f"open({str(mark)!r}, 'a').write(__name__)\n"
    files: dict[str, str | bytes] = {f"{name}.py": code for name in SHADOWS}
    repo.commit({**files, "a.yaml": "a: 1\n", "s.enc.yaml": "a: 1\n"})
    done = subprocess.run(
        [sys.executable, *start, "-m", "sealward", *arguments],
        cwd=repo.path,
        capture_output=True,
        check=False,
    )
    assert not mark.exists()
    assert b"Traceback" not in done.stderr
