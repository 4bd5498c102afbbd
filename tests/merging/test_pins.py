"""Two rotations on two branches: the later one holds both."""

from __future__ import annotations

import pytest

from tests.support.merges import in_clear

REFERENCE = "vault:secret/data/bot#key#"


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "taken"),
    [
        (f"{REFERENCE}7", f"{REFERENCE}8", f"{REFERENCE}9", f"{REFERENCE}9"),
        (f"{REFERENCE}9", f"{REFERENCE}11", f"{REFERENCE}10", f"{REFERENCE}11"),
        (f"{REFERENCE}7", f"{REFERENCE}6", f"{REFERENCE}8", ""),
        (f"{REFERENCE}7", f"{REFERENCE}8", f"{REFERENCE}5", ""),
        ("vault:secret/data/bot#key", f"{REFERENCE}8", f"{REFERENCE}9", ""),
        (f"{REFERENCE}7", f"{REFERENCE}8", "vault:secret/data/other#key#9", ""),
        (f"{REFERENCE}7", f"{REFERENCE}8", "vault:secret/data/bot#other#9", ""),
        ("one", "two", "three", ""),
    ],
)
def test_the_later_write_wins_and_a_rollback_asks(base: str, ours: str, theirs: str, taken: str) -> None:
    text, found = in_clear(*(f"k: {one}\n" for one in (base, ours, theirs)))
    assert (text, found) == (f"k: {taken}\n", []) if taken else found == ["k"]
