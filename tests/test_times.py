"""Times go in and out as RFC 3339 texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.times import iso, seconds_of

DAY = 86400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-02T00:00:00Z", DAY),
        ("1970-01-02T00:00:00.123456789Z", DAY),
        ("1970-01-02T02:00:00.5+02:00", DAY),
        ("1970-01-01T19:00:00-05:00", DAY),
        ("", None),
        ("None", None),
        ("1970-13-02T00:00:00Z", None),
    ],
)
def test_times_of_the_server(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


@given(st.integers(0, 4_000_000_000))
def test_times_go_out_as_they_came_in(seconds: int) -> None:
    text = iso(seconds)
    assert text is not None
    assert seconds_of(text) == seconds
    assert iso(None) is None
