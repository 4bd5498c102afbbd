"""The table and the JSON of `sealward status`."""

from __future__ import annotations

import json

import pytest

from sealward.report.standings import as_data, as_text, bar, duration
from sealward.rotation.retirement.notes import Retirement
from sealward.status.survey import Survey
from tests.report.records import ALL, DAY


def test_the_table() -> None:
    assert as_text(ALL, server=True, colour=False, terminal=False).splitlines() == [
        "a.enc.yaml",
        "  bot.api_key     secret/bot/binance#api_key  #1 (newest #3)  9d      due 2d ago               trading",
        "  bot.ok          secret/bot/binance#api_key  #1              1d      due in 6d                trading",
        "  db.user         secret/bot/binance#api_key                  TTL 2h  TTL too long (limit 1h)  trading",
        "  bad\\x1b[31mkey  secret/bot/binance#api_key  #1                      gone                     trading",
        "      version 1 is deleted",
        "  free            secret/bot/binance#api_key  no pin          90s     no policy",
        "",
        "sealward: 5 references in 1 file, 1 due, 1 TTL too long, 1 gone, 1 no policy, 1 behind the newest version (ages from Vault)",
        "no key at hand opens b.enc.yaml: judged by the `files` of the policies alone",
        "without a key nothing is known of: alerts (no `files` in the policy)",
    ]


def test_colour_and_the_bar_are_for_terminals() -> None:
    plain = as_text(ALL, server=True, colour=False, terminal=False)
    assert "\x1b" not in plain
    assert "█" not in plain
    shown = as_text(ALL, server=True, colour=True, terminal=True)
    assert "\x1b[1;31m██████████\x1b[0m" in shown
    assert "\x1b[32m█░░░░░░░░░\x1b[0m" in shown
    assert "bad\x1b" not in shown


def test_json_says_all_of_it() -> None:
    body = json.loads(json.dumps(as_data(ALL, server=True)))
    assert (body["version"], body["overdue"], body["closed"]) == (1, 3, ["b.enc.yaml"])
    assert body["references"][0] == {
        "file": "a.enc.yaml", "line": 3, "key_path": "bot.api_key",
        "secret": "secret/bot/binance", "key": "api_key", "pinned": 1, "latest": 3, "drift": True,
        "dynamic": False, "created": "2024-09-25T00:00:00Z", "age": 9 * DAY, "age_from": "vault",
        "policy": "trading", "every": 7 * DAY, "due": "2024-10-02T00:00:00Z", "used": 1.286,
        "expires": None, "ttl": None, "max_ttl": None, "state": "due", "note": None, "where": None,
    }  # fmt: skip


def test_nothing_to_show() -> None:
    assert "no references" in as_text(Survey((), (), ()), server=False, colour=False, terminal=False)
    assert as_data(Survey((), (), ()), server=False)["references"] == []


@pytest.mark.parametrize(
    ("used", "shown"),
    [
        (None, " " * 10),
        (0, "░" * 10),
        (0.25, "██" + "░" * 8),
        (0.999, "█" * 9 + "░"),
        (1, "█" * 10),
        (9, "█" * 10),
    ],
)
def test_bar(used: float | None, shown: str) -> None:
    assert bar(used) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0s"), (1, "1s"), (59, "59s"), (60, "1m"), (90, "90s"), (3600, "1h"), (5400, "90m"), (DAY, "1d"),
     (1.5 * DAY, "36h"), (2 * DAY, "2d"), (9.9 * DAY, "9d")],
)  # fmt: skip
def test_duration(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_old_values_that_wait_are_rows_of_their_own() -> None:
    old = Retirement(mount="secret", path="bot/x", version=3, keys=("k", "j"), due=0.0, grace=3600)
    survey = ALL._replace(retirements=(old, old._replace(version=4, due=None)))
    lines = as_text(survey, server=True, colour=False, terminal=False).splitlines()
    assert lines[-2:] == [
        "version 3 of secret/bot/x (k, j) is to be revoked from 1970-01-01T00:00:00Z on",
        "version 4 of secret/bot/x (k, j) is to be revoked 1h after nothing deployed holds it",
    ]
    assert as_data(survey, server=True)["retirements"] == [
        {
            "secret": "secret/bot/x",
            "version": 3,
            "keys": ["k", "j"],
            "from": "1970-01-01T00:00:00Z",
            "grace": 3600,
        },
        {"secret": "secret/bot/x", "version": 4, "keys": ["k", "j"], "from": None, "grace": 3600},
    ]
