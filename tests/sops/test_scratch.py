"""What killed runs left of the folders that sops worked in is cleared away; nothing else is."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest

from sealward.sops import scratch


@pytest.mark.parametrize(
    ("name", "age", "stays"),
    [
        ("sealward-sops-old", 2 * scratch.STALE, False),
        ("sealward-sops-young", scratch.STALE / 2, True),
        ("sealward-bao-old", 2 * scratch.STALE, True),
        ("other", 2 * scratch.STALE, True),
    ],
)
def test_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, age: float, stays: bool) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / name
    left.mkdir()
    (left / "a.yaml").write_text("ENC[…]")
    os.utime(left, (time.time() - age,) * 2)
    scratch.sweep.cache_clear()
    with scratch.folder() as folder:
        assert Path(folder).parent == tmp_path
        assert left.exists() == stays
    assert not Path(folder).exists()


def test_a_link_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "kept").mkdir()
    link = tmp_path / "sealward-sops-link"
    link.symlink_to("kept")
    os.utime(link, (1, 1), follow_symlinks=False)
    scratch.sweep.cache_clear()
    scratch.sweep()
    assert (tmp_path / "kept").exists()
