"""Pins and cells of deployments; whole reports are compared on a cluster in tests/deploy."""

from __future__ import annotations

import pytest

from sealward.report.deployments import cell, pins_text


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "s/a#k#1", "s/a#k#1"),
        ("s/a#k#1", "s/a#k#1", "s/a#k#1"),
        ("s/a#k#1", "s/a#k#2", "s/a#k#1 → #2"),
        ("s/a#k#1", "s/b#k#1", "s/a#k#1 → s/b#k#1"),
        ("s/a#k#1", "", "s/a#k#1 → (literal)"),
        ("", "", ""),
    ],
)
def test_pins(before: str, after: str, shown: str) -> None:
    assert pins_text(before, after) == shown


def test_a_cell_stays_acell() -> None:
    assert cell("a|b`<c\\") == "a\\|b\\`&lt;c\\\\"
