"""The block of ours in .gitattributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.merging.attributes import globs_of, lines_for, quoted, with_block, without_block

if TYPE_CHECKING:
    from tests.support.repo import Repo


@pytest.mark.parametrize(
    ("regex", "globs"),
    [
        (r"\.enc\.yaml$", ["*.enc.yaml"]),
        (r"\.enc\.ya?ml$", ["*.enc.yaml", "*.enc.yml"]),
        (r"(^|/)[^/]*\.env$", []),
        (r".*\.sops\.(yaml|json)$", ["*.sops.yaml", "*.sops.json"]),
        (r"\.enc\.", ["*.enc.*"]),
        (r"^secrets/.*\.yaml$", []),
        (r"(a.b)+$", []),
    ],
)
def test_patterns_of_rules(regex: str, globs: list[str]) -> None:
    assert globs_of(regex) == globs


def test_a_path_that_no_pattern_covers_has_a_line() -> None:
    lines = lines_for([r"\.enc\.yaml$"], ["a/b.enc.yaml", "c.yaml"])
    assert lines == ["*.enc.yaml merge=sealward diff=sealward", "/c.yaml merge=sealward diff=sealward"]


def test_a_block_comes_and_goes() -> None:
    text = "*.png binary"
    made = with_block(text, ["*.enc.yaml merge=sealward"])
    assert with_block(made, ["*.enc.yaml merge=sealward"]) == made
    assert without_block(made) == f"{text}\n"
    assert "x" in with_block(made, ["x"])
    assert "*.enc" not in with_block(made, ["x"])


def test_git_reads_a_pattern_as_the_path_that_it_is(repo: Repo) -> None:
    names = [
        "a b.yaml",
        'q"uote.yaml',
        "st*r.yaml",
        "[x].yaml",
        "back\\slash.yaml",
        "\u00e9.yaml",
        "-dash.yaml",
        "#hash",
        "!not",
    ]
    repo.write({".gitattributes": "\n".join(f"{quoted(name)} merge=sealward" for name in names) + "\n"})
    for name in names:
        assert repo.git("check-attr", "merge", "--", name).rstrip().endswith(": sealward"), name
    assert repo.git("check-attr", "merge", "--", "staar.yaml").rstrip().endswith(": unspecified")
