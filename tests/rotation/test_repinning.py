"""A copy with new pins: only what was meant changes, and what sops cannot reach is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.rotation.repinning import repinned
from sealward.sealed.files import Sealed, open_sealed
from sealward.sops.reading.identities import find
from tests.report.records import PLAN, TARGET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sops import Sealer

TEXT = """\
a: vault:secret/data/bot/binance#api_key#1
b: u:${vault:secret/data/bot/binance#api_key#1}@h
c: vault:secret/data/bot/binance#api_key
d: vault:secret/data/bot/kraken#api_key#1
e: literal
"""


def sealed(sealer: Sealer, folder: Path, text: str = TEXT) -> Sealed:
    return open_sealed("s.enc.yaml", folder / "s.enc.yaml", sealer.seal("s.enc.yaml", text), find())


def texts(one: Sealed) -> list[str]:
    return [value.plaintext.text() for value in one.opened.values if value.plaintext]


@pytest.mark.parametrize("pins", [False, True])
def test_every_pin_of_the_secret_and_nothing_else(sealer: Sealer, tmp_path: Path, pins: bool) -> None:
    one = sealed(sealer, tmp_path)
    after = repinned(one, PLAN._replace(target=TARGET._replace(pins=pins)), find())
    assert texts(after) == [
        "vault:secret/data/bot/binance#api_key#2",
        "u:${vault:secret/data/bot/binance#api_key#2}@h",
        "vault:secret/data/bot/binance#api_key" + ("#2" if pins else ""),
        "vault:secret/data/bot/kraken#api_key#1",
        "literal",
    ]


def test_without_a_pin_to_move_the_file_is_itself(sealer: Sealer, tmp_path: Path) -> None:
    one = sealed(sealer, tmp_path, "e: literal\n")
    assert repinned(one, PLAN, find()) is one


def test_pins_of_every_document_are_moved(sealer: Sealer, tmp_path: Path) -> None:
    one = sealed(sealer, tmp_path, f"x: y\n---\n{TEXT}---\n{TEXT}")
    after = texts(repinned(one, PLAN, find()))
    again = texts(repinned(sealed(sealer, tmp_path), PLAN, find()))
    assert after == ["y", *again, *again]


def test_what_sops_cannot_reach_is_said(sealer: Sealer, tmp_path: Path) -> None:
    one = sealed(sealer, tmp_path, f"x: 1.5\n---\n{TEXT}")
    with pytest.raises(SealwardError, match="stands in a further YAML document"):
        repinned(one, PLAN, find())
