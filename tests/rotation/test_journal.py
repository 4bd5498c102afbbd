"""The journal's entries: what is written is read again, and what is not ours is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.rotation import journal
from sealward.rotation.journal import Rotation
from sealward.vault.client import Metadata

if TYPE_CHECKING:
    from tests.support.openbao import Bao


def metadata(current: int, **custom: str) -> Metadata:
    return Metadata(current, 1, 0, {}, {name.replace("_", "-"): text for name, text in custom.items()})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("8 after 7: api_key", Rotation("a1", 8, ("api_key",), 7)),
        ("8 after 6: a,b in x.enc.yaml, y.enc.yaml", Rotation("a1", 8, ("a", "b"), 6)),
        ("8 after 7: ", Rotation("a1", 8, (), 7)),
        ("8", None),
        ("eight after 7: api_key", None),
        ("somebody else's note", None),
    ],
)
def test_an_entry_is_read(text: str, found: Rotation | None) -> None:
    held = metadata(8, sealward_rotation_a1=text)
    assert journal.unfinished(held) == found
    assert journal.noted(held) == ([found] if found else [])


@pytest.mark.parametrize(
    ("current", "unfinished", "abandoned"), [(7, False, True), (8, True, False), (9, False, False)]
)
def test_whether_there_is_something_to_finish(current: int, unfinished: bool, abandoned: bool) -> None:
    held = metadata(current, sealward_rotation_a1="8 after 7: api_key", other="kept")
    assert (journal.unfinished(held) is not None, bool(journal.abandoned(held))) == (unfinished, abandoned)


@pytest.mark.parametrize(("current", "known"), [(8, True), (9, False)])
def test_a_rejection_is_of_one_version(current: int, known: bool) -> None:
    assert (journal.rejection(metadata(current, sealward_rejected="8 after 7: key")) is not None) == known


def test_two_rotators_on_a_server(bao: Bao) -> None:
    """Each takes away its own entry only; entries of others, and of people, stay."""
    bao.put("bot", key="first")
    bao.client.annotate(bao.mount, "bot", {"owner": "team a"})
    ours, theirs = (Rotation(name, 2, ("key",), 1, ("a.enc.yaml",) * 100) for name in ("ours", "theirs"))
    for one in (ours, theirs):
        journal.begin(bao.client, bao.mount, "bot", one)
    journal.end(bao.client, bao.mount, "bot", ["ours"])
    left = bao.client.metadata(bao.mount, "bot")
    assert [(one.identity, one.version, one.keys) for one in journal.noted(left)] == [("theirs", 2, ("key",))]
    journal.reject(bao.client, bao.mount, "bot", theirs, ["theirs"])
    left = bao.client.metadata(bao.mount, "bot")
    assert journal.noted(left) == []
    assert left.custom["owner"] == "team a"
    assert bao.put("bot", key="second") == 2
    assert journal.rejection(bao.client.metadata(bao.mount, "bot")) is not None


def test_the_keys_of_an_entry_are_split_and_never_cut(bao: Bao) -> None:
    """Thirty long names, and one with a comma, a blank and " in " in it."""
    bao.put("bot", key="first")
    keys = (*(f"exchange_account_api_key_number_{number:02}" for number in range(30)), "a, b in c")
    ours = Rotation("ours", 2, keys, 1, ("a file.enc.yaml", "b.enc.yaml") * 20)
    journal.begin(bao.client, bao.mount, "bot", ours)
    [found] = journal.noted(bao.client.metadata(bao.mount, "bot"))
    assert (found.identity, found.keys) == ("ours", keys)
    journal.reject(bao.client, bao.mount, "bot", ours, ["ours"])
    bao.put("bot", key="second")
    rejected = journal.rejection(bao.client.metadata(bao.mount, "bot"))
    assert rejected is not None
    assert rejected.keys == keys
    journal.reject(bao.client, bao.mount, "bot", ours._replace(keys=("key",)), [])
    custom = bao.client.metadata(bao.mount, "bot").custom
    assert custom == {"sealward-rejected": "2 after 1: key"}
