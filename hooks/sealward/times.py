"""Times as RFC 3339 texts, and as seconds since 1970. No clock is asked here."""

from __future__ import annotations

import re
from datetime import datetime, timezone

_RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,][0-9]+)?"
    r"(?:Z|([-+])([0-9]{2}):([0-9]{2}))"
)


def rfc3339(text: str) -> str | None:
    """A time as Go writes it, without its fraction; None for what Go does not read as RFC 3339.

    Go, and so SOPS and Vault, takes more than the standard (an hour of one digit, a comma) and less (``t``,
    ``z``, a second 60).
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    hours, minutes = int(match[8] or 0), int(match[9] or 0)
    if not exists(year, month, day, hour, minute, second) or hours > 24 or minutes > 60:
        return None
    offset = 60 * hours + minutes
    zone = f"{match[7]}{offset // 60:02}:{offset % 60:02}" if offset else "Z"
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"


def exists(year: int, month: int, day: int, hour: int, minute: int, second: int) -> bool:
    """Whether the calendar has that day, and a day that second."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= days[month - 1] and hour < 24 and minute < 60 and second < 60


def seconds_of(text: str) -> float | None:
    """An RFC 3339 time, with nanoseconds and any offset → seconds since 1970; None for anything else."""
    whole = rfc3339(text)
    try:
        return datetime.fromisoformat(whole.replace("Z", "+00:00")).timestamp() if whole else None
    except ValueError:  # a year or an offset that Python does not have
        return None


def iso(seconds: float | None) -> str | None:
    """Seconds since 1970 → ``2026-01-31T12:00:00Z``."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
