"""What a rotation touches beside its keys, in words and in data."""

from __future__ import annotations

from sealward.report.beside import data_of_beside, told_of_beside
from sealward.rotation.copies import Copy
from sealward.rotation.siblings import Sibling
from tests.report.records import PLAN

FULL = PLAN._replace(
    target=PLAN.target._replace(adopting=("other",)),
    changed=(Sibling("passphrase", 1, 2),),
    spoilt=("token",),
    replaced=(1,),
    between=(3,),
    literal=("pin",),
    copies=(Copy("l.enc.yaml", "db.password", "api_key"),),
)


def test_every_side_effect_has_a_line() -> None:
    lines = list(told_of_beside(FULL, done=False))
    words = ("other", "passphrase", "token", "pin", "db.password", "version 3")
    assert len(lines) == len(words)
    assert all(word in line for word, line in zip(words, lines, strict=True))
    assert list(told_of_beside(PLAN, done=True)) == []


def test_for_programs() -> None:
    told = data_of_beside(FULL)
    assert told["changed_keys"] == [{"key": "passphrase", "from": 1, "since": 2}]
    assert told["copies"] == [{"file": "l.enc.yaml", "key_path": "db.password", "key": "api_key"}]
    assert (told["adopted_keys"], told["restored_keys"]) == (["other"], ["token"])
    assert (told["replaced_versions"], told["unpinned_versions"]) == ([1], [3])
