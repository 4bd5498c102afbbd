"""Three versions of a list → one, or None where both sides changed the same place."""

from __future__ import annotations

import pytest

from sealward.merging.diff3 import merged


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "result"),
    [
        ("abc", "abc", "abc", "abc"),
        ("abc", "Xabc", "abcY", "XabcY"),
        ("abc", "ac", "abcd", "acd"),
        ("abc", "aXc", "abc", "aXc"),
        ("abc", "abc", "aYc", "aYc"),
        ("abc", "aXc", "aXc", "aXc"),
        ("", "ab", "", "ab"),
        ("", "ab", "ab", "ab"),
        ("abcde", "bcde", "abcdeX", "bcdeX"),
        ("abcdefg", "aXcdefg", "abcdeYg", "aXcdeYg"),
        ("abc", "aXc", "aYc", None),
        ("abc", "aXbc", "aYbc", None),
        ("abc", "aXbc", "ac", None),
        ("", "a", "b", None),
        ("abc", "", "abX", None),
        ("abc", "", "abc", ""),
    ],
)
def test_three_lists(base: str, ours: str, theirs: str, result: str | None) -> None:
    for one, other in ((ours, theirs), (theirs, ours)):
        found = merged(base, one, other)
        sides = {"ours": one, "theirs": other}
        assert (None if found is None else "".join(sides[side][at] for side, at in found)) == result
