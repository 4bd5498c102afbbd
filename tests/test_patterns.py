"""Patterns that are compiled late: the same as compiled at once, and compiled only when asked."""

from __future__ import annotations

import re

import pytest

from sealward.patterns import late


def test_a_late_pattern_does_what_a_compiled_one_does() -> None:
    pattern = late("(?P<word>[a-z]+)!", re.IGNORECASE)
    match = pattern.fullmatch("Stop!")
    assert match is not None
    assert match["word"] == "Stop"
    assert pattern.fullmatch("Stop") is None
    assert pattern.search("now stop!") is not None
    assert pattern.sub("", "stop! go!") == " "
    assert (pattern.pattern, pattern.groups) == ("(?P<word>[a-z]+)!", 1)


def test_it_is_not_compiled_before_it_is_asked() -> None:
    broken = late("(")
    with pytest.raises(re.error):
        broken.search("")
