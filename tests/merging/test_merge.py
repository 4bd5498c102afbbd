"""Three versions of a sealed file merged: by key path, ciphertexts as they are, and sops opens what
comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document import parse
from tests.support.merges import edited, merged

if TYPE_CHECKING:
    from tests.support.sops import Sealer

PATH = "s.enc.yaml"
TEXT = "db:\n  host: one\n  port: 1\n  user: me\nlast: x\n"


def test_neighbours_changed_by_both_sides_are_merged(sealer: Sealer) -> None:
    base = sealer.seal(PATH, TEXT)
    ours, theirs = edited(PATH, base, db__host="two"), edited(PATH, base, db__user="you", new="now")
    result = merged(base, ours, theirs)
    assert result.is_clean
    assert sealer.opened(PATH, result.data) == (
        "db:\n    host: two\n    port: 1\n    user: you\nlast: x\nnew: now\n"
    )
    known = {leaf.text for data in (ours, theirs) for leaf in parse(PATH, data).leaves}
    assert {leaf.text for leaf in parse(PATH, result.data).leaves} <= known
