"""One dialect of patterns, in time linear in what they are held against."""

from __future__ import annotations

import time

import pytest

from sealward.globs import key_pattern, path_pattern


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("*.yaml", ["a.yaml", "x/y/a.yaml"], ["a.yml", "a.yaml/b"]),
        ("/*.yaml", ["a.yaml"], ["x/a.yaml"]),
        ("config/*.yaml", ["config/a.yaml"], ["config/x/a.yaml", "x/config/a.yaml"]),
        ("config/**", ["config/a", "config/x/y"], ["config", "configs/a"]),
        ("**/a.yaml", ["a.yaml", "x/a.yaml", "x/y/a.yaml"], ["ba.yaml"]),
        ("a?c", ["abc", "x/abc"], ["ac", "a/c"]),
        ("a.b+(c)", ["a.b+(c)"], ["aXb+(c)"]),
        ("données/*", ["données/é"], ["donnees/e"]),
        ("a\nb", ["a\nb"], ["a", "ab"]),
    ],
)
def test_paths(pattern: str, yes: list[str], no: list[str]) -> None:
    found = path_pattern(pattern)
    assert [path for path in (*yes, *no) if found.fullmatch(path)] == yes


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("licence.*", ["licence.key", "licence.keys[0]"], ["licence", "licence.a.b"]),
        ("licence.**", ["licence.key", "licence.a.b[1].c"], ["licences.key"]),
        ("*", ["a", "a[0]"], ["a.b"]),
    ],
)
def test_key_paths(pattern: str, yes: list[str], no: list[str]) -> None:
    found = key_pattern(pattern)
    assert [path for path in (*yes, *no) if found.fullmatch(path)] == yes


@pytest.mark.parametrize("pattern", ["*a" * 40 + "b", "**/" * 40 + "b", "**" * 40 + "b"])
def test_a_hostile_pattern_takes_no_longer_than_its_text(pattern: str) -> None:
    started = time.process_time()
    assert path_pattern(pattern).fullmatch("a" * 4000 + "/") is None
    assert time.process_time() - started < 5, "backtracking would take years"
