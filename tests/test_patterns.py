"""Patterns that are compiled late, of both engines; and which of ours may use Python's."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import sealward.detectors
from sealward.patterns import Late, Pattern, late, linear

ENGINES = pytest.mark.parametrize("make", [late, linear])


@ENGINES
def test_a_late_pattern_does_what_a_compiled_one_does(make: type) -> None:
    pattern = make("(?P<word>[a-z]+)!", re.IGNORECASE)
    match = pattern.fullmatch("Stop!")
    assert match is not None
    assert match["word"] == "Stop"
    assert pattern.fullmatch("Stop") is None
    assert pattern.search("now stop!") is not None
    assert pattern.sub("", "stop! go!") == " "
    assert [found.start() for found in pattern.finditer("é go! stop!")] == [2, 6]
    assert pattern.pattern == "(?P<word>[a-z]+)!"


def test_it_is_not_compiled_before_it_is_asked() -> None:
    broken = late("(")
    with pytest.raises(re.error):
        broken.search("")
    other = linear("(")
    with pytest.raises(ValueError, match="RE2"):
        other.search("")


@pytest.mark.parametrize("pattern", ["(?<=a)b", "a(?!b)", r"(a)\1", "(?P<x>a)(?P=x)"])
def test_a_linear_pattern_looks_around_nowhere(pattern: str) -> None:
    with pytest.raises(ValueError, match="RE2"):
        linear(pattern).compile()


def test_flags_and_text_that_is_no_utf_8() -> None:
    verbose = linear("a\\ b  # a comment\n | [ #]x | \\# ", re.VERBOSE)
    assert [verbose.fullmatch(text) is not None for text in ("a b", " x", "#x", "#", "ab")] == [
        True, True, True, True, False,
    ]  # fmt: skip
    assert linear("^b$", re.MULTILINE).search("a\nb\nc") is not None
    assert linear("a.b", re.DOTALL).fullmatch("a\nb") is not None
    assert linear("b").search("\udc80ab") is not None


@pytest.mark.parametrize("name", [one.name for one in pkgutil.iter_modules(sealward.detectors.__path__)])
def test_every_pattern_of_the_detectors_compiles(name: str) -> None:
    """RE2 takes each linear one; of Python's engine none has a repeat within a repeat that is unbounded."""
    module = importlib.import_module(f"sealward.detectors.{name}")
    for value in vars(module).values():
        if isinstance(value, Pattern | Late):
            value.compile()
        if isinstance(value, Late):
            assert not re.search(r"[*+]\)[*+]", value.pattern), value.pattern
