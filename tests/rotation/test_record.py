"""What the server remembers of rotations: bounded, without a value, and read back as it was meant."""

from __future__ import annotations

import pytest

from sealward.rotation import record
from sealward.vault.client import Metadata
from tests.report.records import PLAN, TARGET


def metadata(custom: dict[str, str | None]) -> Metadata:
    kept = {name: text for name, text in custom.items() if text is not None}
    return Metadata(current=1, oldest=1, max_versions=0, versions={}, custom=kept)


@pytest.mark.parametrize(
    "keys", [("api_key",), ("a,b", "c d; é", "k#\n"), tuple(f"key_number_{n}" for n in range(99))]
)
def test_it_is_read_back(keys: tuple[str, ...]) -> None:
    plan = PLAN._replace(target=TARGET._replace(keys=keys, why="due by é\nkeys"), good=6, new=7)
    said = record.entry(plan, "jwt-me@example.org x", 60.0)
    [(name, text)] = said.items()
    assert name == "sealward-log-7"
    assert text is not None
    assert len(text.encode()) < 512
    [one] = record.entries(metadata(said))
    assert (one.version, one.good, one.at, one.by) == (7, 6, 60.0, "jwt-me@example.org x")
    assert one.keys == keys[: len(one.keys)]
    assert len(one.keys) + one.more == len(keys), "what did not fit is counted"


def test_ten_entries_are_used_in_turn() -> None:
    names = {name for new in range(1, 40) for name in record.entry(PLAN._replace(new=new), "", 0.0)}
    assert len(names) == record.SLOTS


def test_what_is_not_ours_is_passed_over() -> None:
    assert (
        record.entries(metadata({"sealward-log-1": "nonsense", "owner": "7 after 6 at x by y: z; w"})) == []
    )
