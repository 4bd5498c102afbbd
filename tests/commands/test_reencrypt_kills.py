"""A re-encryption killed at every moment that matters, and at random: all old or all new in the end."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.support.reencryptions import Fleet
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sops import Sealer

pytestmark = pytest.mark.slow


def make(folder: Path, sealer: Sealer, count: int) -> Fleet:
    return Fleet.sealed(folder / "fleet", sealer, new_identity(folder, "former.txt")[0], count)


@pytest.mark.parametrize("first", [1])
def test_killed_before_every_access_to_journal_and_temporary_files(
    tmp_path: Path, sealer: Sealer, first: int
) -> None:
    fleet = make(tmp_path, sealer, 2)
    seen = []
    for moment in range(first, 60, 2):
        one = fleet.copy(tmp_path / f"killed{moment}")
        killed = one.reencrypt("--data-key", kill_at=moment)
        if killed.returncode == 0:
            break
        assert "killed before" in killed.stdout, killed.stderr
        seen.append(killed.stdout.splitlines()[-1])
        assert one.problems(finished=False) == [], moment
        done = one.new()
        again = one.reencrypt("--data-key")
        assert again.returncode == 0, again.stderr
        assert one.problems(finished=True) == [], moment
        assert {path: one.held()[path] for path in done} == done, "what was done is not done again"
    assert len(seen) >= 6
    assert set(seen) == {f"killed before {event}" for event in ("open", "os.rename", "os.remove")}


def test_killed_again_and_again(tmp_path: Path, sealer: Sealer) -> None:
    fleet, draw = make(tmp_path, sealer, 8), random.Random(5)
    done: dict[str, bytes] = {}
    for seconds in (draw.uniform(0, 0.02) for _ in range(5)):
        fleet.reencrypt("--data-key", kill_after=seconds, start="commit")
        assert fleet.problems(finished=fleet.is_over()) == []
        assert done.items() <= fleet.new().items(), "what was done is not done again"
        done = fleet.new()
        if fleet.is_over():
            return
    again = fleet.reencrypt("--data-key")
    assert again.returncode == 0, again.stderr
    assert fleet.problems(finished=True) == []
    assert done.items() <= fleet.new().items()
