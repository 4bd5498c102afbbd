"""The key of the tags: made once, for this user alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.differences.mask_key import make, place, read

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_made_once(tmp_path: Path) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path / "state")}
    assert read(environment) is None
    assert make(environment)
    key = read(environment)
    assert key is not None
    assert not make(environment)
    assert read(environment) == key
    assert place(environment).stat().st_mode & 0o777 == 0o600
    assert place({"HOME": "/h"}).as_posix() == "/h/.local/state/sealward/mask-key"
