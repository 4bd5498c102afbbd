"""What is clean, and what is not."""

from __future__ import annotations

from sealward.merging.outcome import Clash, Merged


def test_what_is_open_is_not_clean() -> None:
    clash = Clash("a", "why", ("", "", ""))
    assert Merged(data=b"x").is_clean
    assert not Merged(data=b"x", closed=True).is_clean
    assert not Merged(data=b"x", clashes=(clash,)).is_clean
