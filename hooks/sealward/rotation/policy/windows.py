"""When a scheduled run may renew what is due: not before a time, and between hours of some days, in UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(DAYS)
_HOUR = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
PATTERN = rf"(?:(?:{_DAY})(?:-(?:{_DAY}))? )?{_HOUR}-(?:{_HOUR}|24:00)"
"""``02:00-05:00``, ``mon-fri 22:00-04:00`` (over midnight), ``sun 00:00-24:00``."""

NOT_BEFORE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?"
"""``2026-12-01``, ``2026-12-01T06:00:00Z``."""

_WINDOW = re.compile(rf"(?:({_DAY})(?:-({_DAY}))? )?({_HOUR})-({_HOUR}|24:00)")


class Window(NamedTuple):
    """Minutes of a day, on the days that it begins on (0: Monday); ``end`` is past a day's minutes where it
    goes on after midnight."""

    days: frozenset[int]
    begin: int
    end: int
    text: str


def parse(text: str) -> Window | None:
    """A window as policies say it; None for anything else, and for one that has no length."""
    match = _WINDOW.fullmatch(text)
    if match is None:
        return None
    begin, end = (int(one[:2]) * 60 + int(one[3:]) for one in match.group(3, 4))
    if begin == end:
        return None
    first = DAYS.index(match[1]) if match[1] else 0
    last = DAYS.index(match[2]) if match[2] else first if match[1] else 6
    days = frozenset((first + one) % 7 for one in range((last - first) % 7 + 1))
    return Window(days=days, begin=begin, end=end if end > begin else end + 24 * 60, text=text)


def start_of(text: str) -> float | None:
    """A ``not_before`` as seconds since 1970; None for a day that no calendar has."""
    whole = text if "T" in text else f"{text}T00:00:00Z"
    try:
        return datetime.strptime(whole, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None


def closed(not_before: float | None, between: tuple[Window, ...], now: float) -> str:
    """Why what is due waits ``now`` (seconds since 1970), as a clause; empty where it need not."""
    moment = datetime.fromtimestamp(now, timezone.utc)
    if not_before is not None and now < not_before:
        return f"not before {datetime.fromtimestamp(not_before, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    if between and not any(_is_open(one, moment) for one in between):
        return f"just between {' and '.join(one.text for one in between)} (UTC)"
    return ""


def _is_open(window: Window, moment: datetime) -> bool:
    for start in (moment, moment - timedelta(days=1)):  # one of yesterday may go on until now
        minutes = moment.hour * 60 + moment.minute + (24 * 60 if start is not moment else 0)
        if start.weekday() in window.days and window.begin <= minutes < window.end:
            return True
    return False
