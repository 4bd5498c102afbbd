"""That a new value is one, and what is remembered of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.rotation import renewed
from sealward.rotation.history import History
from tests.report.records import PLAN, TARGET

if TYPE_CHECKING:
    from sealward.rotation.plan import Plan
    from tests.support.openbao import Bao


def plan(bao: Bao, *keys: str) -> Plan:
    """From version 2 to 3; a file pins version 1."""
    bao.put("s", k="old", j="x")
    bao.put("s", k="newer")
    known = History(bao.client, bao.mount, "s", bao.client.metadata(bao.mount, "s"))
    return PLAN._replace(
        target=TARGET._replace(mount=bao.mount, path="s", keys=keys, grace=60),
        current=2, good=2, new=3, history=known, replaced=(1, 2), pinned=(), resumes=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "is_new"), [("old", False), ("newer", False), ("other", True), ("x", True)]
)
def test_a_new_value_is_none_that_was(bao: Bao, value: str, is_new: bool) -> None:
    made = {"k": Plaintext(value.encode())}
    if is_new:
        renewed.check_new(plan(bao, "k"), made)
        return
    with pytest.raises(SealwardError, match="the new value of k is the old one"):
        renewed.check_new(plan(bao, "k"), made)


def test_of_several_those_that_are_new_count(bao: Bao) -> None:
    one = plan(bao, "k", "j")
    made = {"k": Plaintext(b"other"), "j": Plaintext(b"x")}
    renewed.check_new(one, made)
    assert one.history is not None
    one.history.wrote(3, 2, made)
    done, error = renewed.as_done(one)
    assert done.target.keys == ("k",)
    assert error is not None
    assert "j was not renewed" in error.message
    noted = renewed.entries(one, 4_000_000_000.0)["sealward-renewed"]
    assert noted is not None
    assert noted.startswith("k 3-3 2096-")
    assert "; j 1-3 " in noted
