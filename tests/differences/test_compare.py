"""What changed between two versions, by key path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.differences.compare import compare
from sealward.differences.masking import View
from sealward.sops import program
from sealward.sops.reading.identities import find
from tests.support.merges import edited, without
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sops import Sealer

PATH = "s.enc.yaml"
TEXT = "a: vault:secret/data/bot#key#7\nb: hunter2-canary\nl:\n  - x\n"


def changes(before: bytes | None, after: bytes | None, key: bool = True) -> list[tuple[str, str, str, str]]:
    found = compare(PATH, before, after, find() if key else find({}), View.REFERENCES, None)
    return [tuple(one) for one in found.changes] if found is not None else []  # type: ignore[misc]


def test_what_people_are_told_of(sealer: Sealer, tmp_path: Path) -> None:
    base = sealer.seal(PATH, TEXT)
    assert changes(base, base) == []
    assert changes(base, edited(PATH, base, b="hunter2-canary")) == []
    assert changes(base, edited(PATH, base, a="vault:secret/data/bot#key#8")) == [("pin", "a", "7", "8")]
    (one,) = changes(base, edited(PATH, base, b="another-canary"))
    assert one[:2] == ("changed", "b")
    assert "canary" not in str(one)
    assert [row[:2] for row in changes(base, edited(PATH, base, new="x"))] == [("added", "new")]
    assert [row[:2] for row in changes(base, without(PATH, base, "b"))] == [("removed", "b")]
    rotated = program.rotate_data_key(PATH, base)
    assert changes(base, rotated) == [("data key renewed", "", "", "")]
    other = new_identity(tmp_path, "other")[0]
    wider = program.update_keys(PATH, base, sealer.rules(other).encode())
    assert [row[0] for row in changes(base, wider)] == ["recipient +"]
    assert [row[0] for row in changes(wider, base)] == ["recipient -"]


def test_without_a_key_the_keys_that_changed(sealer: Sealer) -> None:
    base = sealer.seal(PATH, TEXT)
    (one,) = changes(base, edited(PATH, base, b="another-canary"), key=False)
    assert one[:2] == ("changed", "b")
    assert one[2].startswith("<sealed str, 14 bytes")


@pytest.mark.parametrize("key", [True, False])
def test_whole_files(sealer: Sealer, key: bool) -> None:
    base = sealer.seal(PATH, TEXT)
    clear = b"b: hunter2-canary\n"
    assert changes(None, base, key)[0][0] == "file added"
    assert changes(base, None, key)[0][0] == "file removed"
    assert changes(clear, base, key)[0][0] == "file sealed"
    assert changes(base, clear, key)[0][0] == "no longer sealed"
    assert changes(clear, None, key) == []
    assert "hunter2" not in str([changes(clear, base, key), changes(base, clear, key)])
