"""Times as RFC 3339 texts, and as seconds since 1970. No clock is asked here."""

from __future__ import annotations

import re
from datetime import datetime, timezone


def seconds_of(time: str) -> float | None:
    """An RFC 3339 time of the server, with nanoseconds and any offset → seconds since 1970."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)", time)
    if match is None:
        return None
    try:
        return datetime.fromisoformat(match[1] + match[2].replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None


def iso(seconds: float | None) -> str | None:
    """Seconds since 1970 → ``2026-01-31T12:00:00Z``."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
