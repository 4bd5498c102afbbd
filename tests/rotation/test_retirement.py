"""When an old value may be retired, and what a secret's entries say of it."""

from __future__ import annotations

import pytest

from sealward.rotation.retirement import Retirement, note, obstacle, pending
from sealward.vault.client import Metadata


def test_what_is_noted_is_read_again() -> None:
    custom = {**note(7, ("a", "b"), 1769860800.7), "sealward-retire-x": "from now: a", "owner": "team"}
    [found] = pending("secret", "bot", Metadata(8, 1, 0, {}, custom))
    assert found[:4] == ("secret", "bot", 7, ("a", "b"))
    assert found.due == 1769860800.0
    assert found.name == "version 7 of secret/bot"


@pytest.mark.parametrize(
    ("text", "due"), [("from 2026-01-31T12:00:00Z: key", 1769860800.0), ("from : key", None)]
)
def test_times(text: str, due: float | None) -> None:
    found = pending("secret", "bot", Metadata(8, 1, 0, {}, {"sealward-retire-7": text}))
    assert [one.due for one in found] == ([due] if due else [])


@pytest.mark.parametrize(
    ("now", "reason"), [(99.0, "from 1970-01-01T00:01:40Z on"), (100.0, ""), (101.0, "")]
)
def test_the_grace(now: float, reason: str) -> None:
    assert obstacle(Retirement("secret", "bot", 7, ("key",), 100.0), [], now) == reason
