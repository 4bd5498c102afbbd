"""One kind of token: its exact pattern, its shape for RE2, and how tables are read."""

from __future__ import annotations

import re

import pytest
import re2

from sealward.detectors.tokens.kinds import Kind, kinds

FIXED = Kind("a token", "abc_", "[a-z]{4}")
OPEN = Kind("a token", "abc_", "[a-z]{4,}")


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (FIXED, "x abc_abcd y", True),
        (FIXED, "xabc_abcd", False),
        (FIXED, "abc_abcde", False),
        (OPEN, "abc_abcde", True),
        (OPEN, "abc_abc", False),
    ],
)
def test_the_exact_pattern(kind: Kind, text: str, found: bool) -> None:
    assert (re.search(kind.exact, text) is not None) is found


@pytest.mark.parametrize("kind", [FIXED, OPEN, Kind("a token", r"(?<!\w)x\.", "[a-z]{4}(?!-)")])
def test_the_shape_is_re2_and_never_matches_less(kind: Kind) -> None:
    pattern = re2.compile(kind.shape)
    for text in ("abc_abcd", "x.abcd", "abc_abcdefgh"):
        assert re.search(kind.exact, text) is None or pattern.search(text) is not None


@pytest.mark.parametrize(
    ("prefix", "loose"), [("abc_", False), ("", True), ("[a-z]{3}", True), (r"\$2", False)]
)
def test_what_could_begin_anywhere_is_loose(prefix: str, loose: bool) -> None:
    assert Kind("a token", prefix, "[a-z]{4}").is_loose is loose


def test_a_table_is_a_line_a_kind() -> None:
    first, second = kinds("""
        a token   | abc_ | [a-z]{4}
        an id     |      | {uuid}
    """, "shape")  # fmt: skip
    assert (first.name, first.prefix, first.rest, first.proof) == ("a token", "abc_", "[a-z]{4}", "shape")
    assert re.fullmatch(second.rest, "0" * 8 + "-0000-0000-0000-" + "0" * 12)
