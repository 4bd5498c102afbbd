"""The server's clock: ages and graces are counted by it, as the clock of a laptop or a runner may be wrong.

The server says the time in the ``Date`` of every answer (RFC 9110, 6.6.1); from there on this process counts
by itself, with a clock that nobody can set.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealward.vault.client import Client


def by_server(client: Client, clock: Callable[[], float]) -> Callable[[], float]:
    """A clock in seconds since 1970: the server's. Another ``clock`` than the system's was handed in on
    purpose, and stays; and so does the system's where the server does not say the time."""
    if clock is not time.time:
        return clock

    def now() -> float:
        if client.transport.clock_offset is None:
            with contextlib.suppress(SealwardError):  # a refusal says the time as well
                client.transport.once("get", "sys/health")
        offset = client.transport.clock_offset
        return clock() if offset is None else time.monotonic() + offset

    return now
