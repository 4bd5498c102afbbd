"""What somebody who left still knows: the references that stand as they read them, and the other values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.reencryption.exposure import exposures
from sealward.reencryption.resealing import recipients
from sealward.sealed.files import Sealed, open_sealed
from sealward.sops.reading.identities import find
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sops import Sealer

TEXT = "a: vault:secret/data/x#k#1\nb: vault:secret/data/y#k#1\nc: literal\nd_unencrypted: clear\n"


def sealed(sealer: Sealer, folder: Path, text: str, *others: str) -> Sealed:
    data = sealer.seal("s.enc.yaml", text, sealer.rules(*others))
    return open_sealed("s.enc.yaml", folder / "s.enc.yaml", data, find())


def test_a_file_that_loses_a_recipient(sealer: Sealer, tmp_path: Path) -> None:
    other, _ = new_identity(tmp_path, "other.txt")
    before = sealed(sealer, tmp_path, TEXT, other)
    after = sealed(sealer, tmp_path, TEXT.replace("data/y#k#1", "data/y#k#2"))
    [found] = exposures([(before, after, recipients(after))])
    assert found.former == (("age", other),)
    assert [one.secret for one in found.references] == ["secret/x"], "the other was re-pinned since"
    assert found.others == 1


def test_nobody_left(sealer: Sealer, tmp_path: Path) -> None:
    one = sealed(sealer, tmp_path, TEXT)
    assert exposures([(one, one, recipients(one))]) == []
