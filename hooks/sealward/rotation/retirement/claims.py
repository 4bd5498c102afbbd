"""One run at a time revokes the old values of a secret: a claim in its ``custom_metadata``.

Not every server can compare and set these entries, so the runs queue as in Lamport's bakery: each says that
it chooses, takes a number that is higher than all it sees, and goes ahead where nobody chooses and nobody has
a lower one. Each run writes its own entry only. A claim of a run that was killed is void after a while.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from sealward.times import iso, seconds_of

if TYPE_CHECKING:
    from sealward.vault.client import Client

CLAIM = "sealward-retiring-"
_ENTRY = re.compile(r"(?:number (?P<number>[0-9]{1,9})|choosing) until (?P<until>\S+)")
_MARGIN = 300.0
"""Seconds by which clocks of machines may differ, and a run may be slow besides its program."""
_LOOKS = 100
"""How often somebody who chooses is looked at: choosing takes two requests."""


class Claim:
    """The right to revoke a secret's old values, for as long as the policy's program may take
    (``seconds``)."""

    def __init__(self, client: Client, mount: str, path: str, seconds: float) -> None:
        self._client = client
        self._mount, self._path = mount, path
        self._seconds = seconds
        self.name = f"{CLAIM}{uuid.uuid4().hex[:12]}"
        self.is_there = False

    def taken(self, now: float) -> bool:
        """Take it, if nobody else has it; it is not waited for. Raises VaultError."""
        if any(self._others(now)[0].values()):
            return False
        until = iso(now + self._seconds + _MARGIN)
        self.is_there = True
        self._write(f"choosing until {until}")
        others, void = self._others(now)
        number = 1 + max((one or 0 for one in others.values()), default=0)
        self._write(f"number {number} until {until}", void)
        for _ in range(_LOOKS):
            others, _void = self._others(now)
            if None not in others.values():
                break
        if all(one is not None and (number, self.name) < (one, name) for name, one in others.items()):
            return True
        self.give_back()
        return False

    def give_back(self) -> None:
        """Take the entry away, where it may still be there. Raises VaultError."""
        if self.is_there:
            self._client.annotate(self._mount, self._path, {self.name: None})
            self.is_there = False

    def _write(self, text: str, void: tuple[str, ...] = ()) -> None:
        self._client.annotate(self._mount, self._path, {self.name: text, **dict.fromkeys(void)})

    def _others(self, now: float) -> tuple[dict[str, int | None], tuple[str, ...]]:
        """The numbers of others (None: one chooses), and the names of claims that are void."""
        found: dict[str, int | None] = {}
        void = []
        for name, text in self._client.metadata_now(self._mount, self._path).custom.items():
            entry = _ENTRY.fullmatch(text) if name.startswith(CLAIM) and name != self.name else None
            if entry is None:
                continue
            if (seconds_of(entry["until"]) or 0.0) <= now:
                void.append(name)
            else:
                found[name] = int(entry["number"]) if entry["number"] else None
        return found, tuple(void)
