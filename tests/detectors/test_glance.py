"""The first glance at a small sealed file: it passes over nothing that a search would stop at."""

from __future__ import annotations

from pathlib import Path

import pytest

from sealward.checks.plaintext import may_hold
from sealward.detectors import glance
from tests.detectors.test_token_kinds import BESIDE, ROWS, drawn
from tests.support.examples import expand as example
from tests.support.literals import expand

SEALED = example("a: ENC[…]\n# COMMENT\nb: ENC[…]\nsops: …\n")
PLACES = ["# COMMENT", "paper_trading: COMMENT", "- COMMENT", '"COMMENT": 1', "COMMENT: x", "A=COMMENT"]
LOGINS = [
    "https://bot:%b62:8%@h", "amqp://b:c@h", "https://h/?token=%b62:8%", "h;password = %b62:6%",
    "host=db user=a password=%b62:6%", "machine%s: %h login a password %b62:8%", "/x;sig=1",
    "%phrase:12%", "%PHRASE:12%", "%phrasec:12%", "%frase:12%", "keep %phrase:24% safe",
    "[1, 22, 3%d:1%, " + "4, " * 40 + "]", "%b62:52%",
]  # fmt: skip


def written(text: str, place: str) -> bytes:
    """A sealed file with a text in clear at a place."""
    return SEALED.replace("# COMMENT", place.replace("COMMENT", text)).encode()


@pytest.mark.parametrize("place", PLACES)
def test_what_a_search_stops_at_is_not_passed_over(place: str) -> None:
    rows = [expand(recipe, 3) for _, recipe in ROWS] + [expand(recipe, 3) for recipe in LOGINS]
    beside = [f"{word.strip('_')}_api_key: {drawn(shape, 3)}" for word, shape in BESIDE]
    found = [data for data in (written(text, place) for text in (*rows, *beside)) if may_hold(data)]
    assert len(found) > 400
    assert [data for data in found if not glance.may_hold(data)] == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("the port of the database", "# COMMENT"),
        ("see 2026-01-31T12:00:00Z", "# COMMENT"),
        ("age1" + "q" * 58, "# COMMENT"),
        ("max_open_orders", "COMMENT: 3"),
        ("max_open_orders", "COMMENT: ENC[AES256_GCM,data:aa==,iv:bb==,tag:cc==,type:str]"),
    ],
)
def test_ordinary_files_need_no_search(text: str, place: str) -> None:
    assert not glance.may_hold(written(text, place))


def test_our_own_sealed_file_needs_no_search() -> None:
    assert not glance.may_hold(Path(__file__).parents[2].joinpath("secrets.enc.yaml").read_bytes())


def test_a_large_file_is_left_to_the_search() -> None:
    assert glance.may_hold(b"a: b\n" * glance.MOST)
