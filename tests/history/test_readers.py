"""Who can open old versions: those who left, and private keys that were committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.history.lineage import Kind, Lineage, Version
from sealward.history.readers import readers
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sops import Sealer


def test_who_left_and_whose_key_is_out(sealer: Sealer, tmp_path: Path) -> None:
    gone, file = new_identity(tmp_path, "gone")
    objects = {
        b"1": sealer.seal("s.enc.yaml", "a: 1\n"),
        b"2": sealer.seal("s.enc.yaml", "a: 1\n", sealer.rules(gone)),
    }
    lineage = Lineage("s.enc.yaml", (Version("c2", b"1"), Version("c1", b"2")), (), ())
    (found,) = readers([lineage], {}, {}, objects.__getitem__)
    assert (found.recipient, found.versions, found.total, found.committed) == (("age", gone), 1, 2, "")
    kinds = {b"9": Kind(False, (file.read_text().strip(),))}
    (found,) = readers([lineage], kinds, {b"9": "keys.txt"}, objects.__getitem__)
    assert found.committed == "keys.txt"
