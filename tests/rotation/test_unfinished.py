"""What the journal says, held against the versions: what is left to finish, and what comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.plaintext import Plaintext
from sealward.rotation import journal, unfinished
from sealward.rotation.history import History
from sealward.rotation.journal import Rotation
from sealward.rotation.plan import Target

if TYPE_CHECKING:
    from tests.support.openbao import Bao

FIRST = {"k": "a", "j": "x"}
WRITTEN = {"k": "b", "j": "x"}


def left(bao: Bao, *versions: dict[str, str], note: Rotation) -> unfinished.Left:
    for values in versions:
        bao.client.post(f"{bao.mount}/data/s", data=values)
    journal.begin(bao.client, bao.mount, "s", note)
    return unfinished.left(History(bao.client, bao.mount, "s", bao.client.metadata(bao.mount, "s")))


@pytest.mark.parametrize(
    ("versions", "keys", "finish", "void"),
    [
        ([FIRST, WRITTEN], ("k",), ("k",), ""),
        ([FIRST, WRITTEN], (), ("k",), ""),
        ([FIRST, WRITTEN], ("k", "j"), ("k",), ""),
        ([FIRST, WRITTEN, {**WRITTEN, "note": "1"}], ("k",), ("k",), ""),
        ([FIRST], ("k",), None, "had not written its new version"),
        ([FIRST, WRITTEN], ("j",), None, "is not what a killed run meant to write"),
        ([FIRST, WRITTEN, {"k": "c", "j": "x"}], ("k",), None, "version 3 replaced"),
        ([FIRST, {"k": "b", "j": "y"}, {"k": "c", "j": "y"}], ("k", "j"), ("j",), ""),
    ],
)
def test_what_is_left(
    bao: Bao, versions: list[dict[str, str]], keys: tuple[str, ...], finish: tuple[str, ...] | None, void: str
) -> None:
    found = left(bao, *versions, note=Rotation("i", 2, keys, 1))
    assert [one.keys for one in found.to_finish] == ([finish] if finish else [])
    assert [void in reason for _, reason in found.void] == ([True] if void else [])


def test_a_version_that_is_gone_is_not_finished(bao: Bao) -> None:
    left(bao, FIRST, WRITTEN, WRITTEN, note=Rotation("i", 2, ("k",), 1))
    bao.client.post(f"{bao.mount}/delete/s", versions=[2])
    found = unfinished.left(History(bao.client, bao.mount, "s", bao.client.metadata(bao.mount, "s")))
    assert found.to_finish == ()
    assert "cannot be read any more" in found.void[0][1]


def target(bao: Bao, *keys: str, given: str = "") -> Target:
    made = Target(mount=bao.mount, path="s", keys=keys, how="x", make=lambda _: {})
    return made._replace(given=Plaintext(given.encode()) if given else None)


@pytest.mark.parametrize(
    ("keys", "given", "rest"),
    [
        (["k"], "", None),
        (["j"], "", ("j",)),
        (["k", "j"], "", ("j",)),
        (["k"], "other", ("k",)),
        (["k"], "b", None),
        (["j"], "x", ("j",)),
    ],
)
def test_what_is_unfinished_comes_first_and_what_was_asked_after(
    bao: Bao, keys: list[str], given: str, rest: tuple[str, ...] | None
) -> None:
    left(bao, FIRST, WRITTEN, note=Rotation("i", 2, ("k",), 1))
    finishing, *after = unfinished.first([target(bao, *keys, given=given)], bao.client)
    assert finishing.finishes is not None
    assert (finishing.keys, finishing.given) == (("k",), None)
    assert [one.keys for one in after] == ([rest] if rest else [])


def test_without_a_note_nothing_comes_first(bao: Bao) -> None:
    bao.put("s", **FIRST)
    asked = [target(bao, "k"), target(bao, "j")._replace(path="nowhere")]
    assert unfinished.first(asked, bao.client) == asked, "what is not there is left to its plan"
