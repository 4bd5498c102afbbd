"""Findings are values: equal by what they say, never changed in place."""

from __future__ import annotations

import pytest

from sealward.finding import Finding, Place, Severity

ONE = Finding(
    rule="not-sealed", place=Place("a.yaml", 2, 3, "db.key"), message="is not sealed", hint="seal it"
)


def same() -> Finding:
    return Finding(rule=ONE.rule, place=ONE.place, message=ONE.message, hint=ONE.hint)


def test_findings_that_say_the_same_are_one() -> None:
    assert {ONE, same()} == {ONE}
    assert same() != ONE.but(message="is not")
    assert ONE != "not-sealed"
    assert "not-sealed" in repr(ONE)


def test_the_place_of_a_finding_begins_at_the_file() -> None:
    assert ONE.path == "a.yaml"
    assert Place("a.yaml") == ("a.yaml", 1, 1, "")


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        (ONE.but(message="m"), "message", "m"),
        (ONE.but(severity=Severity.WARNING), "severity", Severity.WARNING),
        (ONE.but(suppressed="an example"), "suppressed", "an example"),
    ],
)
def test_but_changes_one_thing(changed: Finding, field: str, value: object) -> None:
    assert getattr(changed, field) == value
    assert changed != ONE
    names = ("rule", "place", "message", "hint", "severity", "suppressed")
    assert sum(a != b for a, b in zip(changed.fields(), ONE.fields(), strict=True)) == 1
    assert changed.fields() == tuple(getattr(changed, name) for name in names)


def test_an_error_is_the_default() -> None:
    assert ONE.severity is Severity.ERROR
    assert ONE.suppressed == ""
