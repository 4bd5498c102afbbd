"""Age against interval, pin against newest version, TTL against limit: a table."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.status.standing import Standing

DAY = 86400
NOW = 1000.0 * DAY


def standing(**fields: Any) -> Standing:
    return Standing("a.enc.yaml", 1, "a", NOW, **fields)


def aged(days: float, **fields: Any) -> Standing:
    return standing(created=NOW - days * DAY, every=7 * DAY, **fields)


@pytest.mark.parametrize(
    ("one", "state", "overdue"),
    [
        (aged(0), "ok", False),
        (aged(5.5), "ok", False),
        (aged(5.7), "soon", False),
        (aged(6.99), "soon", False),
        (aged(7), "due", True),
        (aged(400), "due", True),
        (aged(-3), "ok", False),
        (aged(1, gone=True), "gone", True),
        (standing(created=NOW - 400 * DAY), "unmanaged", False),
        (standing(every=7 * DAY), "unknown", False),
        (standing(limit=3600), "unknown", False),
        (standing(limit=3600, ttl=3600), "ok", False),
        (standing(limit=3600, ttl=3601), "ttl", True),
        (standing(limit=3600, ttl=7200), "ttl", True),
        (standing(ttl=7200), "unmanaged", False),
    ],
)
def test_state(one: Standing, state: str, overdue: bool) -> None:
    assert (one.state, one.overdue) == (state, overdue)


@pytest.mark.parametrize(
    ("pinned", "latest", "drifted"),
    [(1, 1, False), (1, 2, True), (None, 2, False), (1, None, False), (3, 2, False)],
)
def test_drift(pinned: int | None, latest: int | None, drifted: bool) -> None:
    assert standing(pinned=pinned, latest=latest).drifted is drifted


@given(st.floats(0, 1000), st.integers(1, 1000))
def test_due_is_when_all_of_the_interval_is_used(days: float, every: int) -> None:
    one = standing(created=NOW - days * DAY, every=every * DAY)
    assert one.used is not None
    assert one.due is not None
    assert (one.used >= 1) == (one.due <= NOW) == (one.state == "due")
