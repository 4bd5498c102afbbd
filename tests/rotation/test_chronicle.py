"""Both sides joined: commits say which commit, the server says who and when."""

from __future__ import annotations

from sealward.git.history import Message
from sealward.rotation.chronicle import Event, from_commits, joined

TEXT = "Rotate\n\n- x\n\nSealward-Rotated: s/a#k 1 -> 2\nSealward-Rotated: s/b#k 4 -> 5\n"


def test_one_event_for_each_key_and_version() -> None:
    told = list(from_commits([Message("c" * 40, 50.0, "Bob", TEXT)]))
    kept = [
        Event(secret="s/a", key="k", old=1, new=2, at=40.0, by="token", why="by hand"),
        Event(secret="s/a", key="k", old=2, new=3, at=60.0, by="token"),
    ]
    found = joined(told, kept)
    assert [(one.secret, one.new, one.at, one.by, one.commit[:1]) for one in found] == [
        ("s/a", 2, 40.0, "token", "c"),
        ("s/b", 5, 50.0, "", "c"),
        ("s/a", 3, 60.0, "token", ""),
    ]
    assert [one.secret for one in from_commits([Message("c", 0.0, "", TEXT)], "s/b")] == ["s/b"]
