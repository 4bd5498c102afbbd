"""All versions open, or all stay closed; and one data key is known as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.merging.outcome import Request
from sealward.merging.sides import sides_of
from sealward.sops import program
from sealward.sops.reading.identities import find
from tests.support.merges import edited
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.sops import Sealer

PATH = "s.enc.yaml"


def request(base: bytes, ours: bytes, theirs: bytes) -> Request:
    return Request(path=PATH, base=base, ours=ours, theirs=theirs, identities=find())


def test_one_data_key_with_a_key_and_without(
    sealer: Sealer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = sealer.seal(PATH, "a: one\n")
    ours, theirs = edited(PATH, base, a="two"), edited(PATH, base, b="x")
    rotated = program.rotate_data_key(PATH, base)
    for opened in (True, False):
        found = sides_of(request(base, ours, theirs))
        assert (found.is_open, found.same) == (opened, True)
        assert not sides_of(request(base, ours, rotated)).same
        monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(new_identity(tmp_path, "another")[1]))


def test_who_was_added_since_opens_the_versions_from_before(
    sealer: Sealer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipient, file = new_identity(tmp_path, "new")
    base = sealer.seal(PATH, "a: one\n")
    theirs = edited(PATH, base, b="x")
    ours = program.update_keys(PATH, base, sealer.rules(recipient).encode())
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(file))
    found = sides_of(request(base, ours, theirs))
    assert found.is_open
    assert found.same
    assert found.base is not None
    assert found.base.opened is not None
