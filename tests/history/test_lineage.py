"""Which paths were ever sealed, and what of them stood in clear, under this name or another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyrage

from sealward.history.lineage import classify, lineages

if TYPE_CHECKING:
    from tests.support.sops import Sealer

CLEAR = b"db:\n  pass: one\n  user: two\n"
OTHER = b"unrelated: 1\n"


def test_twins_and_clear_versions(sealer: Sealer) -> None:
    sealed = sealer.seal("s.enc.yaml", CLEAR.decode())
    identity = str(pyrage.x25519.Identity.generate())
    objects = {
        b"1": CLEAR,
        b"2": sealed,
        b"3": OTHER,
        b"4": f"x: {identity}\n".encode(),
        b"5": b"quotes ENC[AES256_GCM, sops mac lastmodified",
    }
    versions = {
        "s.enc.yaml": [("c3", b"2"), ("c1", b"1")],
        "s.yaml": [("c1", b"1"), ("c0", b"3")],
        "secrets.s.yaml": [("c1", b"3")],
        "elsewhere/s.yaml": [("c1", b"1")],
        "keys": [("c1", b"4")],
        "notes.yaml": [("c1", b"5")],
    }
    seen: list[int] = []
    kinds = classify(list(objects), objects.__getitem__, lambda number, _: seen.append(number))
    assert len(seen) == len(objects)
    assert kinds[b"2"].sealed
    assert not kinds[b"1"].sealed
    assert kinds[b"4"].keys == (identity,)
    (found,) = lineages(versions, kinds, objects.__getitem__)
    assert found.path == "s.enc.yaml"
    assert [one.commit for one in found.clear] == ["c1"]
    assert [(path, [one.commit for one in clear]) for path, clear in found.twins] == [("s.yaml", ["c1"])]
