"""Values that stood in clear: live, replaced, moved to Vault; and what is no secret is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.history.exposed import State, exposed
from sealward.history.lineage import Lineage, Version
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from tests.support.sops import Sealer

CLEAR = b"a: live-canary\nb: old-canary\nc: moved-canary\nd: true\ne: vault:secret/data/x#y#1\nf: null\nnote_unencrypted: open\n"
NOW = "a: live-canary\nb: new-canary\nc: vault:secret/data/bot#key#7\nd: true\ne: x\nf: null\nnote_unencrypted: open\n"


def test_states(sealer: Sealer) -> None:
    objects = {
        b"1": CLEAR,
        b"2": sealer.seal("s.enc.yaml", NOW),
        b"3": CLEAR.replace(b"old-canary", b"older-canary"),
    }
    lineage = Lineage("s.enc.yaml", (Version("c9", b"2"),), (Version("c2", b"1"), Version("c1", b"3")), ())
    found = list(exposed(lineage, objects.__getitem__, find()))
    assert {(one.key_path, one.state, one.first, one.last) for one in found} == {
        ("a", State.LIVE, "c1", "c2"),
        ("b", State.REPLACED, "c2", "c2"),
        ("b", State.REPLACED, "c1", "c1"),
        ("c", State.MOVED, "c1", "c2"),
    }
    assert "canary" not in str(found)
    (moved,) = (one for one in found if one.state is State.MOVED)
    assert moved.reference is not None
    assert moved.reference.secret == "secret/bot"
    assert {one.state for one in exposed(lineage, objects.__getitem__, find({}))} == {State.UNKNOWN}
