"""What became of old values, for people and for programs; the whole is held word for word beside the others."""

from __future__ import annotations

from sealward.report.old_values import as_data, lines_of
from sealward.rotation.retirement.revoking import Retired
from tests.report import records


def test_nothing_is_nothing() -> None:
    assert lines_of(Retired(), done=True) == []
    assert {name: found for name, found in as_data(Retired()).items() if found} == {}


def test_every_old_value_says_what_it_waits_for() -> None:
    [waiting] = as_data(records.RETIRED)["waiting"]
    assert (waiting["version"], waiting["obstacle"]) == (2, "grace")
    [problem] = as_data(records.RETIRED)["problems"]
    assert (problem["secret"], problem["version"]) == ("secret/bot/kraken", 3)
    lines = lines_of(records.RETIRED._replace(warnings=("look",)), done=False)
    assert lines[0] == "would retire version 1 of secret/bot/kraken"
    assert lines[-1] == "look"
