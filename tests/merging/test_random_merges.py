"""Random merges against an oracle that knows nothing of pieces, ciphertexts or layouts.

``SEALWARD_MERGES=5000,200`` tries more; ``python -m benchmarks.merges`` has the long run.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks import merges

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PLAIN, SEALED = (int(count) for count in os.environ.get("SEALWARD_MERGES", "120,4").split(","))


def test_plain_documents() -> None:
    chance, count = random.Random(16), Counter[str]()
    for _ in range(PLAIN):
        merges.judge_plain(chance, count)
    assert count["DIFFERENT"] == 0
    assert count["clean"] > PLAIN // 4


def test_sealed_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    chance, count, world = random.Random(16), Counter[str](), merges.World(str(tmp_path))
    for _ in range(SEALED):
        merges.judge_sealed(chance, count, world)
    assert count["DIFFERENT"] == 0
