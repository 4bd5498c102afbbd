"""What a secret's entries say of old values: what is written is read again, and the entries stay few."""

from __future__ import annotations

import pytest

from sealward.rotation.retirement.notes import Retirement, marked, note, pending, retired
from sealward.vault.client import Metadata, Version

NOW = 1769860800.0


def metadata(custom: dict[str, str], newest: int = 8) -> Metadata:
    versions = {number: Version("2026-01-01T00:00:00Z", "", False) for number in range(1, newest + 1)}
    return Metadata(newest, 1, 0, versions, custom)


def written(found: Retirement) -> dict[str, str]:
    return {name: text for name, text in found.written().items() if text is not None}


def test_what_is_noted_is_read_again() -> None:
    custom = {**note(7, ("a", "b c,d"), 86400.7), "sealward-retire-x": "from now: a", "owner": "team"}
    [found] = pending("secret", "bot", metadata(custom))
    assert found == Retirement(
        mount="secret", path="bot", version=7, keys=("a", "b c,d"), due=None, grace=86400
    )
    assert found.name == "version 7 of secret/bot"
    dated = found._replace(due=NOW, grace=0)
    assert written(dated) == {"sealward-retire-7": "from 2026-01-31T12:00:00Z: a,b%20c%2Cd"}
    assert pending("secret", "bot", metadata(written(dated))) == [dated]


@pytest.mark.parametrize(
    ("text", "due"),
    [("from 2026-01-31T12:00:00Z: key", [NOW]), ("after 60s: key", [None]), ("from : key", []), ("soon", [])],
)
def test_times(text: str, due: list[float | None]) -> None:
    found = pending("secret", "bot", metadata({"sealward-retire-7": text}))
    assert [one.due for one in found] == due


def test_many_keys_are_in_several_entries() -> None:
    keys = tuple(f"exchange_account_api_key_number_{number:02}" for number in range(30))
    custom = note(7, keys, 60)
    assert len(custom) > 1
    [found] = pending("secret", "bot", metadata(custom))
    assert found.keys == keys
    assert set(custom) <= set(found.forgotten())


def test_what_was_revoked_stays_noted_in_few_entries() -> None:
    custom: dict[str, str] = {"owner": "team"}
    for number in range(1, 100):
        held = metadata(custom, newest=100)
        changes = {**custom, **marked([number], held, NOW + number)}
        custom = {name: text for name, text in changes.items() if text is not None}
        assert retired(metadata(custom, newest=100)) == set(range(1, number + 1))
    assert len(custom) <= 20
    assert custom["sealward-retired-99"] == "2026-01-31T12:01:39Z"
    assert custom["sealward-retired"] == "1-83"


def test_what_vault_has_no_more_needs_no_mark() -> None:
    held = metadata({"sealward-retired-1": "2026-01-31T12:00:00Z"})
    del held.versions[1]
    assert marked([2], held, NOW) == {
        "sealward-retired-1": None,
        "sealward-retired-2": "2026-01-31T12:00:00Z",
    }
