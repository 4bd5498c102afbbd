"""What the server remembers of rotations: which keys, from which version to which, when, by whom, and why.

Ten entries in a secret's ``custom_metadata``, used in turn, so that it never fills up (KV v2 takes 64 of 512
bytes). They hold no value. ``sealward log`` joins them with the trailers of commits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from sealward.times import iso, seconds_of

if TYPE_CHECKING:
    from sealward.rotation.plan import Plan
    from sealward.vault.client import Metadata

PREFIX = "sealward-log-"
SLOTS = 10
_LONGEST = 480
_ENTRY = re.compile(
    r"(\d{1,9}) after (\d{1,9}) at (\S+) by (\S*): (\S*)(?: and (\d{1,6}) more)?; (.*)", re.DOTALL
)


class Entry(NamedTuple):
    """One rotation: its version, the one before, when it ended (seconds since 1970), the server's name of
    whoever did it, the keys (``more`` are those for which there was no room), and why."""

    version: int
    good: int
    at: float
    by: str
    keys: tuple[str, ...]
    more: int
    why: str


def entry(plan: Plan, by: str, now: float) -> dict[str, str | None]:
    """The entry of a rotation that is done; ``by`` is what the server calls the token."""
    head = f"{plan.new} after {plan.good} at {iso(now)} by {_word(by)[:80]}: "
    why = _printable(plan.target.why)[:100]
    keys = [_word(key) for key in plan.target.keys]
    kept: list[str] = []
    for key in keys:
        if len(head) + len(",".join([*kept, key])) + len(f" and {len(keys)} more; {why}") > _LONGEST:
            break
        kept.append(key)
    more = f" and {len(keys) - len(kept)} more" if len(kept) < len(keys) else ""
    return {f"{PREFIX}{plan.new % SLOTS}": f"{head}{','.join(kept)}{more}; {why}"}


def entries(metadata: Metadata) -> list[Entry]:
    """What a secret's entries say, oldest first; what nobody of ours wrote is passed over."""
    found = []
    for name, text in metadata.custom.items():
        match = _ENTRY.fullmatch(text) if name.startswith(PREFIX) else None
        at = seconds_of(match[3]) if match else None
        if match is None or at is None:
            continue
        found.append(
            Entry(
                version=int(match[1]),
                good=int(match[2]),
                at=at,
                by=unquote(match[4]),
                keys=tuple(unquote(key) for key in match[5].split(",") if key),
                more=int(match[6] or 0),
                why=match[7],
            )
        )
    return sorted(found, key=lambda one: (one.at, one.version))


def _word(text: str) -> str:
    return quote(text, safe="@._-/", errors="surrogateescape")


def _printable(text: str) -> str:
    """ASCII, as bytes are counted: 512 of them are taken."""
    return "".join(char if char.isprintable() and char.isascii() else "?" for char in text)
