"""Secrets made of values of any sealed file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sealward.deploy import mapped
from sealward.deploy.settings import load
from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.sealed.files import open_sealed
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from sealward.deploy.wanted import Wanted
    from tests.support.sops import Sealer

FILE = (
    "exchanges:\n  binance:\n    api_key: vault:secret/data/bot#key#7\n  kraken:\n    api_key: x\n"
    "toggles:\n  dry-run: true\n  max_open: 30\n  note:\n  rate: 1.5\n"
)


def read(sealer: Sealer, entry: str, text: str = FILE) -> Wanted:
    settings = (
        "targets:\n  t:\n    cluster: {context: c}\n    namespace: ns\n    secrets:\n"
        f"      - {{name: keys, from: {entry}}}\n"
    )
    target = load("deploy.yaml", settings.encode()).target("t")
    sealed = open_sealed("s.enc.yaml", Path("s.enc.yaml"), sealer.seal("s.enc.yaml", text), find())
    return mapped.read(target.secrets[0], sealed, target)


def values(found: Wanted) -> dict[str, str]:
    literal = {key: one.pieces[0] for key, one in found.entries.items() if not one.references}
    return {key: one.text() for key, one in literal.items() if isinstance(one, Plaintext)} | found.pins


def test_single_values(sealer: Sealer) -> None:
    entry = "s.enc.yaml, data: {KEY: exchanges.binance.api_key, DRY: toggles.dry-run, MAX: toggles.max_open}"
    assert values(read(sealer, entry)) == {"KEY": "secret/bot#key#7", "DRY": "true", "MAX": "30"}


def test_all_that_match(sealer: Sealer) -> None:
    text = FILE.replace("  note:\n", "")
    assert values(read(sealer, "'s.enc.yaml#toggles.**', keys: upper-snake", text)) == {
        "DRY_RUN": "true", "MAX_OPEN": "30", "RATE": "1.5"
    }  # fmt: skip
    assert set(read(sealer, "'s.enc.yaml#toggles.*'", text).entries) == {"dry-run", "max_open", "rate"}


@pytest.mark.parametrize("text", ["a:\n  b: x\na.b: y\n", "a:\n  b: x\n---\na:\n  b: y\n"])
def test_a_path_that_names_two_values_is_refused(text: str, sealer: Sealer) -> None:
    with pytest.raises(SealwardError, match=r"has several values at 'a\.b'"):
        read(sealer, "s.enc.yaml, data: {K: a.b}", text)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("s.enc.yaml, data: {K: exchanges.binance.apikey}", "deploy.yaml:6:50: s.enc.yaml has no value at 'exchanges.binance.apikey'; did you mean 'exchanges.binance.api_key'?"),
        ("s.enc.yaml, data: {K: exchanges.binance}", "has no value at 'exchanges.binance'"),
        ("s.enc.yaml, data: {K: toggles.note}", "s.enc.yaml:9:11: toggles.note: is empty"),
        ("'s.enc.yaml#toggle.**'", "deploy.yaml:6:9: nothing in s.enc.yaml matches 'toggle.**'"),
        ("'s.enc.yaml#exchanges.**'", "would be the key api_key, as exchanges.binance.api_key already is"),
        ("'s.enc.yaml#**', namespace: elsewhere", "the namespace elsewhere is not one of the target's"),
    ],
)  # fmt: skip
def test_mistakes_are_pointed_at(entry: str, reason: str, sealer: Sealer) -> None:
    with pytest.raises(SealwardError) as caught:
        read(sealer, entry)
    assert reason in str(caught.value)
