"""The past, for people and for programs."""

from __future__ import annotations

from sealward.errors import SealwardError
from sealward.report.chronicle import as_data, as_text
from sealward.rotation.chronicle import Event

EVENTS = [
    Event(secret="s/a", key="k", old=1, new=2, at=0.0, by="token", why="by hand", commit="c" * 40),
    Event(secret="s/a", key="k", old=2, new=3, at=60.0),
]


def test_for_people() -> None:
    assert as_text(EVENTS) == [
        "1970-01-01T00:00:00Z  s/a#k  1 → 2  by token  by hand  commit cccccccccccc",
        "1970-01-01T00:01:00Z  s/a#k  2 → 3  in no commit of this branch",
    ]
    assert as_text([]) == ["no rotation is known"]


def test_for_programs() -> None:
    told = as_data(EVENTS, [SealwardError("no", "why")])
    assert told["rotations"][0]["commit"] == "c" * 40
    assert told["rotations"][1]["by"] is None
    assert told["problems"] == [{"error": "no", "hint": "why"}]
