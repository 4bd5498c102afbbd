"""One run at a time; the commands' side is in tests/commands/test_rotate_preconditions.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.lock import alone, locked

if TYPE_CHECKING:
    from pathlib import Path


def test_one_at_a_time(tmp_path: Path) -> None:
    with alone(str(tmp_path)), pytest.raises(SealwardError, match="is at work in this work tree"):
        locked(str(tmp_path))
    with alone(str(tmp_path)):
        pass


def test_where_nothing_can_be_locked_nobody_is_kept_out(tmp_path: Path) -> None:
    assert locked(str(tmp_path / "nothing")) is None
