"""The registry of pins: what each repository says that it pins, by a name that all its clones share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.git import Repository
from sealward.rotation.retirement.registry import (
    MOST_ENTRIES,
    RENEWED,
    STALE,
    Registered,
    entry_of,
    has_room,
    name_of,
    noted,
    registered,
)
from sealward.vault.client import Metadata

if TYPE_CHECKING:
    from tests.support.repo import Repo

NOW = 1769860800.0
OWN = "github.com/org/bot"


def metadata(**custom: str) -> Metadata:
    return Metadata(9, 1, 0, {}, custom)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("git@github.com:Org/Bot.git", "github.com/Org/Bot"),
        ("https://user:word@GitHub.com/Org/Bot", "github.com/Org/Bot"),
        ("ssh://git@github.com:22/Org/Bot.git/", "github.com/Org/Bot"),
        ("https://gitlab.example:8443/a/b/c.git", "gitlab.example/a/b/c"),
        ("file:///srv/git/bot.git", "srv/git/bot"),
        ("/srv/git/bot.git", "srv/git/bot"),
    ],
)
def test_clones_have_one_name(repo: Repo, address: str, name: str) -> None:
    repo.git("remote", "add", "origin", address)
    with Repository.around() as found:
        assert name_of(found) == name
        assert name_of(found, "chosen") == "chosen"
        assert len(entry_of(name_of(found, "x/" * 200)).encode()) <= 128


def test_without_a_remote_it_is_the_oldest_commit(repo: Repo) -> None:
    first = repo.commit({"a": "1"})
    with Repository.around() as found:
        assert name_of(found) == f"commit-{first[:20]}"


def test_what_is_noted_is_read_again() -> None:
    entry = noted(OWN, [9, 7, 7, 1, 2], "0123456789abcdef", metadata(), NOW)
    assert entry == {f"sealward-pin-{OWN}": "1-2 7 9; 2026-01-31T12:00:00Z; 0123456789ab"}
    [found] = registered(metadata(**{name: str(text) for name, text in entry.items()}))
    assert found == Registered(OWN, ((1, 2), (7, 7), (9, 9)), NOW, "0123456789ab")
    assert [one for one in range(12) if found.pins(one)] == [1, 2, 7, 9]
    assert not found.is_stale(NOW + STALE)
    assert found.is_stale(NOW + STALE + 1)
    [spec] = registered(metadata(**{"sealward-pin-x": "7 9; 2026-01-31T12:00:00Z"}))
    assert spec.pins(9)
    assert registered(metadata(**{"sealward-pin-x": "whatever", "owner": "7; x"})) == []


def test_it_is_renewed_now_and_then_and_taken_away() -> None:
    name = f"sealward-pin-{OWN}"
    held = metadata(**{name: "7; 2026-01-31T12:00:00Z; abc"})
    assert noted(OWN, [7], "abc", held, NOW + RENEWED - 1) == {}
    assert name in noted(OWN, [7], "abc", held, NOW + RENEWED)
    assert name in noted(OWN, [8], "abc", held, NOW + 1)
    assert noted(OWN, [], "", held, NOW) == {name: None}
    assert noted(OWN, [], "", metadata(), NOW) == {}


def test_many_versions_fit_and_none_is_left_out() -> None:
    [text] = noted(OWN, range(1, 4000, 2), "abc", metadata(), NOW).values()
    assert text is not None
    assert len(text) <= 512
    [found] = registered(metadata(**{entry_of(OWN): text}))
    assert all(found.pins(one) for one in range(1, 4000, 2))


def test_the_entries_stay_few() -> None:
    full = {f"sealward-pin-r{number}": "7; 2026-01-31T12:00:00Z; abc" for number in range(MOST_ENTRIES)}
    assert not has_room(OWN, metadata(**full), NOW)
    assert has_room("r1", metadata(**full), NOW)
    later = NOW + STALE + 1
    assert has_room(OWN, metadata(**full), later), "those that are stale make room"
    assert set(full) <= set(noted(OWN, [7], "abc", metadata(**full), later))
