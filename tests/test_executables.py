"""Why a program would not start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.executables import obstacle

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("program", "text", "reason"),
    [
        ("./x", "#!/bin/sh\n", ""),
        ("./x", "#! /usr/bin/env -S sh -e\n", ""),
        ("./x", "#!/usr/bin/env A=b sh\n", ""),
        ("./x", "\x7fELF", ""),
        ("./x", "", ""),
        ("sh", "", ""),
        ("./x", "#!\n", "has an empty `#!` line"),
        ("./x", "#!/nonexistent\n", "needs /nonexistent, which is not there"),
        ("./x", "#!/usr/bin/env nothing-like-it\n", "needs nothing-like-it, which is not on PATH"),
        ("./y", "", "is not there"),
        ("x", "", "is not on PATH"),
        ("", "", "is not a program's name"),
        ("a\0b", "", "is not a program's name"),
    ],
)
def test_reasons(tmp_path: Path, program: str, text: str, reason: str) -> None:
    (tmp_path / "x").write_text(text)
    (tmp_path / "x").chmod(0o755)
    assert obstacle(program, str(tmp_path), {"PATH": "/usr/bin:/bin"}) == reason


def test_what_is_no_program(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    assert obstacle("./x", str(tmp_path), {}) == "is not executable"
    assert obstacle("../" + tmp_path.name, str(tmp_path), {}) == "is not a file"
