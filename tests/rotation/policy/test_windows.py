"""When a scheduled run may renew: hours of days in UTC, over midnight as well."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from sealward.errors import SealwardError
from sealward.rotation.policy import windows
from sealward.rotation.policy.policy import load


def at(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=timezone.utc).timestamp()


@pytest.mark.parametrize(
    ("window", "moment", "is_open"),
    [
        ("02:00-05:00", "2026-11-25 02:00", True),
        ("02:00-05:00", "2026-11-25 04:59", True),
        ("02:00-05:00", "2026-11-25 05:00", False),
        ("22:00-04:00", "2026-11-25 23:00", True),
        ("22:00-04:00", "2026-11-25 03:59", True),
        ("22:00-04:00", "2026-11-25 04:00", False),
        ("mon-fri 22:00-04:00", "2026-11-28 03:00", True),  # the night that began on a Friday
        ("mon-fri 22:00-04:00", "2026-11-28 23:00", False),
        ("sat-mon 00:00-24:00", "2026-11-29 12:00", True),
        ("sat-mon 00:00-24:00", "2026-11-30 23:59", True),
        ("sat-mon 00:00-24:00", "2026-12-01 00:00", False),
        ("wed 10:00-11:00", "2026-11-25 10:30", True),
        ("wed 10:00-11:00", "2026-11-26 10:30", False),
    ],
)
def test_open_and_closed(window: str, moment: str, is_open: bool) -> None:
    parsed = windows.parse(window)
    assert parsed is not None
    assert (windows.closed(None, (parsed,), at(moment)) == "") is is_open


@pytest.mark.parametrize(
    "text", ["", "2:00-5:00", "02:00", "24:00-02:00", "02:00-02:00", "xyz 02:00-03:00", "02:60-03:00"]
)
def test_what_is_no_window(text: str) -> None:
    assert windows.parse(text) is None


def test_not_before() -> None:
    start = windows.start_of("2026-12-01")
    assert start == at("2026-12-01 00:00")
    assert windows.closed(start, (), at("2026-11-30 23:59")) == "not before 2026-12-01T00:00:00Z"
    assert windows.closed(start, (), at("2026-12-01 00:00")) == ""
    assert windows.start_of("2026-02-30") is None


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("not_before: 2026-12-01\n    between: 02:00-05:00", ""),
        ("not_before: 2026-12-01T06:00:00Z\n    between: [mon 02:00-05:00, sat 00:00-24:00]", ""),
        ("not_before: tomorrow", "`not_before` must be a day or a time in UTC"),
        ("not_before: 2026-02-30", "`not_before` must be a day or a time in UTC"),
        ("between: 02:00", ""),
        ("between: night", "`between` must be hours of a day"),
        ("between: []", "`between` is empty"),
    ],
)
def test_in_a_policy(lines: str, wrong: str) -> None:
    text = f"policies:\n  p:\n    paths: [a/b]\n    every: 1d\n    {lines}\n"
    if wrong or lines == "between: 02:00":
        with pytest.raises(SealwardError, match=wrong):
            load("p.yaml", text.encode())
    else:
        assert load("p.yaml", text.encode()).policies[0].between
