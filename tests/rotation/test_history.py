"""Versions compared by what they hold: when a key got its value, and what was rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.rotation import journal
from sealward.rotation.history import History
from sealward.rotation.journal import Rotation
from sealward.times import iso

if TYPE_CHECKING:
    from tests.support.openbao import Bao


def history(bao: Bao, *versions: dict[str, str], custom: dict[str, str] | None = None) -> History:
    """A secret with these versions, a day between each; the times are those of the text alone."""
    for values in versions:
        bao.client.post(f"{bao.mount}/data/s", data=values)
    if custom:
        bao.client.annotate(bao.mount, "s", custom)
    found = bao.client.metadata(bao.mount, "s")
    dated = {n: one._replace(created=iso(n * 86400.0) or "") for n, one in found.versions.items()}
    return History(bao.client, bao.mount, "s", found._replace(versions=dated))


A, B = {"k": "a"}, {"k": "b"}


@pytest.mark.parametrize(
    ("versions", "since", "exact"),
    [
        ([A], 1, True),
        ([A, A, A], 1, True),
        ([A, B, B], 2, True),
        ([A, B, A], 3, True),
        ([{"j": "x"}, A, A], 2, True),
        ([A, {"j": "x"}, A], 3, True),
    ],
)
def test_a_value_is_as_old_as_the_version_that_it_came_with(
    bao: Bao, versions: list[dict[str, str]], since: int, exact: bool
) -> None:
    found = history(bao, *versions).change("k", len(versions))
    assert (found.version, found.since, found.exact) == (since, since * 86400.0, exact)


def test_what_cannot_be_read_makes_nothing_young(bao: Bao) -> None:
    made = history(bao, A, A, B, B)
    bao.client.post(f"{bao.mount}/destroy/s", versions=[3])
    assert history_again(bao, made).change("k", 4) == (3, 3 * 86400.0, False)
    bao.client.post(f"{bao.mount}/delete/s", versions=[1, 2])
    assert history_again(bao, made).change("k", 4) == (1, 86400.0, False)


def history_again(bao: Bao, before: History) -> History:
    return History(bao.client, bao.mount, "s", before.metadata)


def test_what_is_noted_is_not_read_again(bao: Bao) -> None:
    made = history(bao, A, A, A, custom={"sealward-renewed": "k 2-2 1970-01-01T00:00:00Z"})
    assert made.change("k", 3).version == 2
    assert made.noted("k", 2) == (2, 2 * 86400.0, True)
    assert made.noted("k", 3) is None
    assert made.at_least("k", 3) == (2, 2 * 86400.0, False)


def test_a_rejected_value_is_known_in_whatever_version_holds_it(bao: Bao) -> None:
    made = history(bao, A, B, {"k": "b", "j": "x"}, {"k": "c"}, A)
    journal.reject(bao.client, bao.mount, "s", Rotation("i", 2, ("k",), 1), [])
    made = History(bao.client, bao.mount, "s", bao.client.metadata(bao.mount, "s"))
    assert [made.rejected("k", version) for version in (1, 2, 3, 4, 5)] == [False, True, True, False, False]
    assert not made.rejected("j", 3)
    [one] = made.rejections(3)
    assert (one.keys, one.good) == (("k",), 1)
    assert made.rejections(5) == []


def test_several_rejections_are_remembered(bao: Bao) -> None:
    history(bao, *[{"k": str(number)} for number in range(14)])
    for version in range(2, 14):
        known = bao.client.metadata(bao.mount, "s")
        journal.reject(bao.client, bao.mount, "s", Rotation("i", version, ("k",), 1), [], known)
    found = bao.client.metadata(bao.mount, "s")
    assert [one.version for one in journal.rejections(found)] == list(range(5, 14))
    assert found.custom["sealward-rejected"] == "13 after 1: k"


@pytest.mark.parametrize(
    ("version", "every", "now", "old"),
    [(1, 10, 86405.0, False), (1, 10, 86410.0, True), (3, 86400, 3 * 86400 + 5.0, True), (9, 10, 0.0, True)],
)
def test_old_is_what_the_key_is(bao: Bao, version: int, every: int, now: float, old: bool) -> None:
    """Version 3 is young, its value is not; of a version that is not there nothing is known."""
    assert history(bao, A, A, A).is_old("k", version, every, now) == old
