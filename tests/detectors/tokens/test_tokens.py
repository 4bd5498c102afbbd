"""The table of all kinds, and what every token looks like before anything is parsed."""

from __future__ import annotations

import re2

from sealward.detectors.tokens import KINDS, shapes
from tests.support.literals import expand


def test_every_pattern_has_a_name_with_its_article() -> None:
    assert all(kind.name.split()[0] in ("a", "an") for kind in KINDS)


def test_the_shapes_pass_over_no_token() -> None:
    patterns = [re2.compile(one) for loose in (False, True) for one in shapes(loose)]
    for text in ("ghp_%b62:36%", "glpat-%b62:20%", "%s:hvs.%%b62:28%", "%s:AKIA%%B32:16%"):
        assert any(one.search(expand(text, seed=3)) for one in patterns), text


def test_loose_shapes_stand_apart() -> None:
    assert not set(shapes(loose=True)) & set(shapes(loose=False))
