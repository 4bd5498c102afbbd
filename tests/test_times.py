"""Times go in and out as RFC 3339 texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.times import iso, rfc3339, seconds_of

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


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-23T18:46:52Z", "2026-11-23T18:46:52Z"),
        ("2026-11-23T18:46:52.5-00:00", "2026-11-23T18:46:52Z"),
        ("2026-11-23T18:46:52,5Z", "2026-11-23T18:46:52Z"),
        ("2026-11-23T18:46:52.1234567890123Z", "2026-11-23T18:46:52Z"),
        ("2026-11-23T8:46:52Z", "2026-11-23T08:46:52Z"),
        ("2026-11-23T18:46:52+01:30", "2026-11-23T18:46:52+01:30"),
        ("2026-11-23T18:46:52+01:60", "2026-11-23T18:46:52+02:00"),
        ("2026-11-23T18:46:52+24:00", "2026-11-23T18:46:52+24:00"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ("2026-11-23T18:46:52+25:00", None),
        ("2026-11-23T18:46:52+0130", None),
        ("2026-11-23T18:46:52", None),
        ("2026-11-23T18:46:52.Z", None),
        ("2026-11-23T18:46:60Z", None),
        ("2026-11-23T24:00:00Z", None),
        ("2026-11-23t18:46:52Z", None),
        ("2026-11-23T18:46:52z", None),
        ("2026-11-23 18:46:52Z", None),
        ("2026-1-23T18:46:52Z", None),
        ("2026-02-29T00:00:00Z", None),
        ("2026-11-23", None),
        ("\u0662026-11-23T18:46:52Z", None),
        ("", None),
    ],
)
def test_what_sops_takes_for_a_time(text: str, written: str | None) -> None:
    """As sops 3.11 takes it for ``lastmodified``: the MAC is authenticated with what it writes."""
    assert rfc3339(text) == written


@given(st.integers(0, 4_000_000_000))
def test_times_go_out_as_they_came_in(seconds: int) -> None:
    text = iso(seconds)
    assert text is not None
    assert seconds_of(text) == seconds
    assert iso(None) is None
