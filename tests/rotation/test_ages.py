"""Since when a key has its value, as a secret's entries keep it: what is written is read again, within bounds."""

from __future__ import annotations

import pytest

from sealward.rotation import ages
from sealward.rotation.ages import Span
from sealward.times import iso
from sealward.vault.client import Metadata, Version


def metadata(current: int = 9, custom: dict[str, str] | None = None, **created: float) -> Metadata:
    versions = {int(name[1:]): Version(iso(at) or "", "", False) for name, at in created.items()}
    return Metadata(current, 1, 0, versions, custom or {})


@pytest.mark.parametrize("key", ["k", "a b", "a,b;c", "schlüssel", "x in y", "1-2", "%41", "a\nb", "k" * 100])
def test_any_key_is_read_as_it_was_written(key: str) -> None:
    written = ages.entries({key: Span(7, 9, 1000.0)}, metadata())
    custom = {name: text for name, text in written.items() if text}
    assert all(len(name.encode()) <= 128 and len(text.encode()) <= 512 for name, text in custom.items())
    assert all(text.isprintable() for text in custom.values())
    assert ages.read(metadata(custom=custom)) == {key: Span(7, 9, 1000.0)}


def test_many_keys_take_bounded_room_and_the_youngest_are_kept() -> None:
    spans = {f"exchange_account_api_key_number_{one:03}": Span(one, 300, 1000.0) for one in range(1, 201)}
    held = metadata(300, {f"other-{one}": "x" for one in range(40)})
    written = {name: text for name, text in ages.entries(spans, held).items() if text}
    assert len(written) <= 8
    assert all(len(text.encode()) <= 512 for text in written.values())
    found = ages.read(metadata(300, written))
    assert found == {key: spans[key] for key in found}
    assert "exchange_account_api_key_number_200" in found
    assert len(found) > 40


def test_a_secret_with_no_room_left_is_left_alone() -> None:
    held = metadata(9, {f"other-{one}": "x" for one in range(60)})
    assert ages.entries({"k": Span(7, 9, 1000.0)}, held) == {}


def test_what_is_known_of_other_keys_stays_and_what_is_no_entry_any_more_goes() -> None:
    custom = {
        "sealward-renewed": "a 1-2 1970-01-01T00:16:40Z",
        "sealward-renewed-2": "b 1-2 1970-01-01T00:16:40Z",
    }
    written = ages.entries({"b": Span(9, 9, 2000.0)}, metadata(9, custom))
    assert written == {
        "sealward-renewed": "b 9-9 1970-01-01T00:33:20Z; a 1-2 1970-01-01T00:16:40Z",
        "sealward-renewed-2": None,
    }
    assert set(ages.read(metadata(9, {name: text for name, text in written.items() if text}))) == {"a", "b"}


def test_the_servers_own_time_of_a_version_counts() -> None:
    custom = {"sealward-renewed": "a 7-9 1970-01-01T00:16:40Z"}
    assert ages.read(metadata(9, custom, v7=5000.0))["a"].since == 5000.0


@pytest.mark.parametrize(
    "text",
    ["", "k", "k 9-7 1970-01-01T00:16:40Z", "k 1-99 1970-01-01T00:16:40Z", "k 1-2 yesterday", "k 1 2 3"],
)
def test_what_cannot_be_is_not_believed(text: str) -> None:
    assert ages.read(metadata(9, {"sealward-renewed": text})) == {}


@pytest.mark.parametrize("name", ["sealward-renewed-x", "sealward-renewedly", "my-sealward-renewed"])
def test_entries_of_others_are_neither_read_nor_taken_away(name: str) -> None:
    held = metadata(9, {name: "k 1-2 1970-01-01T00:16:40Z"})
    assert ages.read(held) == {}
    assert name not in ages.entries({"k": Span(9, 9, 1.0)}, held)
