"""A version that a person says is bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.rotation import journal
from sealward.rotation.policy.policy import Policy
from sealward.rotation.rejecting import judged, reject, rejected

if TYPE_CHECKING:
    from tests.support.openbao import Bao


def test_what_it_changed_and_what_was_good_before(bao: Bao) -> None:
    for number in range(1, 5):
        bao.put("bot", k=f"k{number}", j="same")
    where = (bao.mount, "bot")
    assert rejected(bao.client.metadata(*where)) == set()
    reject(bao.client, where, judged(bao.client, where, 3), None)
    assert rejected(bao.client.metadata(*where)) == {3}
    wrong = judged(bao.client, where, 4)
    assert (wrong.version, wrong.good, wrong.keys) == (4, 2, ("k",))
    policy = Policy(name="p", line=1, paths=(), keys=("k",), retire=("x",), grace=60)
    reject(bao.client, where, wrong, policy)
    metadata = bao.client.metadata(*where)
    assert rejected(metadata) == {3, 4}
    assert journal.rejection(metadata) is not None, "a new version restores what it changed"
    assert metadata.custom["sealward-retire-4"] == "after 60s: k"
    with pytest.raises(SealwardError, match="no good version before 1"):
        judged(bao.client, where, 1)
