"""Tokens in names of files: found, masked, and none in ordinary names."""

from __future__ import annotations

import pytest

from sealward.detectors.names import candidates, in_name, masked
from tests.support.literals import expand

TOKEN = expand("ghp_%b62:36%", seed=1)


@pytest.mark.parametrize("name", [TOKEN, f"backup/{TOKEN}.txt", f"notes-{TOKEN}/x"])
def test_a_token_in_a_name(name: str) -> None:
    assert in_name(name) == "a GitHub token"
    assert TOKEN not in masked(name)
    assert masked(name).count("*") == 8
    assert candidates(["README.md", name]) == [1]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "README.md",
        "src/app/main.py",
        "a" * 64,
        "ghp_example.md",
        "docs/2026-01-31-rotation-of-all-keys.md",
    ],
)
def test_ordinary_names(name: str) -> None:
    assert in_name(name) is None
    assert masked(name) == name
