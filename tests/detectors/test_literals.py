"""Secrets among literals: what a bot's team would leak is found, and nothing that anybody may read is."""

from __future__ import annotations

from pathlib import Path

import pytest

from sealward.detectors import secret_in
from tests.support.literals import Row, table

FOLDER = Path(__file__).parent
SECRET = table(FOLDER / "literals_secret.txt")
HARMLESS = table(FOLDER / "literals_harmless.txt")


def test_the_tables_are_large_enough() -> None:
    assert len(SECRET) >= 300
    assert len(HARMLESS) >= 300


def test_at_least_99_of_100_secrets_are_found() -> None:
    missed = [row for row in SECRET if secret_in(row.text, row.path) is None]
    assert len(missed) <= len(SECRET) // 100, missed


def test_no_harmless_literal_is_taken_for_a_secret() -> None:
    alarms = [(row, found) for row in HARMLESS if (found := secret_in(row.text, row.path))]
    assert alarms == []


@pytest.mark.parametrize("row", SECRET[:40], ids=range(40))
def test_what_is_said_never_shows_the_value(row: Row) -> None:
    said = secret_in(row.text, row.path) or ""
    assert row.text not in said
    assert said == "" or len(said) < 80


@pytest.mark.parametrize(
    ("text", "kind"), [("true", "bool"), ("~", "null"), ("", "empty"), ("2026-01-05T10:00:00Z", "time")]
)
def test_other_types_are_harmless(text: str, kind: str) -> None:
    assert secret_in(text, ("password",), kind) is None


@pytest.mark.parametrize("kind", ["bool", "null", "empty", "time", "int", "float", "tag", "binary"])
def test_a_tag_hides_nothing(kind: str) -> None:
    """Text behind ``!!null`` that is not null is judged as text."""
    assert secret_in("hunter2hunter", ("password",), kind) is not None


@pytest.mark.parametrize(("text", "found"), [("123456", True), ("5432", True), ("12", False)])
def test_numbers_under_a_password(text: str, found: bool) -> None:
    assert (secret_in(text, ("db_password",), "int") is not None) == found


def test_data_of_a_kubernetes_secret_is_decoded() -> None:
    assert secret_in("aHVudGVyMg==", ("data", "password"), "data") is not None
    assert secret_in("dmF1bHQ6c2VjcmV0L2RhdGEveCN5IzE=", ("data", "password"), "data") is None
