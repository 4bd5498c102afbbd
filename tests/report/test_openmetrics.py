"""OpenMetrics of `sealward status`: held to the grammar of the specification, and escaped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sealward.report.openmetrics import as_openmetrics
from sealward.rotation.retirement.notes import Retirement
from sealward.status.idle import Idle
from sealward.status.survey import Survey
from tests.report.records import ALL, DAY, standing

NAME = r"[a-zA-Z_][a-zA-Z0-9_]*"
LABEL = rf'{NAME}="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9.]+(?:e[+-]?[0-9]+)?)")
DOCUMENT = Path(__file__).parents[2] / "docs" / "status.md"


def read(text: str) -> dict[tuple[str, str], float]:
    """The samples of an exposition, every line of it held to the grammar (OpenMetrics 1.0, ABNF)."""
    lines = text.split("\n")
    assert lines[-2:] == ["# EOF", ""]
    found: dict[tuple[str, str], float] = {}
    family, finished = "", set()
    for line in lines[:-2]:
        if line.startswith("# "):
            kind, name, said = line[2:].split(" ", 2)
            assert kind in ("TYPE", "UNIT", "HELP")
            assert kind != "UNIT" or name.endswith(f"_{said}")
            assert kind != "TYPE" or said in ("gauge", "info")
            if name != family:
                assert name not in finished, "a family is whole"
                finished.add(name)
                family = name
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        assert match[1] in (family, f"{family}_info")
        assert (match[1], match[2] or "") not in found, "a sample is there once"
        found[match[1], match[2] or ""] = float(match[3])
    return found


def test_what_is_said_of_each_reference() -> None:
    found = read(as_openmetrics(ALL, server=True))
    labels = 'file="a.enc.yaml",key_path="bot.api_key",secret="secret/bot/binance",key="api_key",where=""'
    told = {
        name.removeprefix("sealward_reference_"): value
        for (name, one), value in found.items()
        if one == labels
    }
    assert told == {
        "age_seconds": 9 * DAY,
        "due_timestamp_seconds": 1727827200,
        "used_ratio": pytest.approx(9 / 7),
        "overdue": 1,
        "versions_behind": 2,
    }
    assert found["sealward_references", 'state="due"'] == 1
    assert found["sealward_references", 'state="soon"'] == 0
    assert found["sealward_files_closed", ""] == 1
    assert sum(name == "sealward_reference_info" for name, _ in found) == len(ALL.standings)


def test_labels_are_escaped_and_nothing_breaks_out() -> None:
    name = 'a"b\\c\nd}\x1b[31m é'
    survey = Survey((standing(name)._replace(file=name, policy=name),), (), (), idle=(Idle(name, 1, "x"),))
    found = read(as_openmetrics(survey, server=False))
    assert any(r'file="a\"b\\c\\nd}\\x1b[31m é"' in labels for _, labels in found)


def test_references_that_no_label_tells_apart_count_once_as_the_most_urgent() -> None:
    young, old = (standing(created=standing().now - age * DAY, every=7 * DAY) for age in (1, 9))
    found = read(as_openmetrics(Survey((young, old, young), (), ()), server=True))
    assert [value for (name, _), value in found.items() if name == "sealward_reference_overdue"] == [1]
    assert found["sealward_references", 'state="ok"'] == 2


def test_every_metric_is_documented() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    old = Retirement(mount="secret", path="bot/x", version=3, keys=("k",), due=5.0)
    survey = ALL._replace(idle=(Idle("p", 1, "x"),), retirements=(old, old._replace(version=4, due=None)))
    named = {name for name, _ in read(as_openmetrics(survey, server=True))}
    assert {name for name in named if f"`{name}`" not in text} == set()


def test_nothing_to_say_is_an_exposition_too() -> None:
    assert read(as_openmetrics(Survey((), (), ()), server=False))["sealward_server_asked", ""] == 0
