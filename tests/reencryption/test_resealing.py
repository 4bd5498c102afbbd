"""What a rule wants of a file, and the verified copy that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.reencryption.resealing import intend, recipients, reseal
from sealward.sealed.files import Sealed, open_sealed
from sealward.sealed.rules import RuleBook
from sealward.sops.reading.identities import find
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sops import Sealer


@pytest.fixture
def other(tmp_path: Path) -> str:
    return new_identity(tmp_path, "other.txt")[0]


def sealed(sealer: Sealer, tmp_path: Path, rules: str | None = None) -> Sealed:
    data = sealer.seal("s.enc.yaml", "a: x\nb: plain\n", rules)
    return open_sealed("s.enc.yaml", tmp_path / "s.enc.yaml", data, find())


def book(rules: str) -> RuleBook:
    return RuleBook({".sops.yaml": rules.encode()}.get)


def test_a_file_that_is_as_its_rule_says_stays(sealer: Sealer, tmp_path: Path) -> None:
    one = sealed(sealer, tmp_path)
    intent = intend(one, book(sealer.rules()), data_key=False, named=False)
    assert intent is not None
    assert (intent.changes, intent.wraps, intent.renewed) == ((), frozenset(), False)
    assert reseal(intent, find()).after is one


def test_a_recipient_who_comes_keeps_the_data_key_and_one_who_leaves_renews_it(
    sealer: Sealer, tmp_path: Path, other: str
) -> None:
    coming = intend(sealed(sealer, tmp_path), book(sealer.rules(other)), data_key=False, named=False)
    assert coming is not None
    assert (coming.changes, coming.renewed) == ((f"recipient + age {other}",), False)
    copy = reseal(coming, find())
    assert recipients(copy.after) == {("age", sealer.recipient), ("age", other)} == coming.holders
    leaving = intend(copy.after, book(sealer.rules()), data_key=False, named=False)
    assert leaving is not None
    assert (leaving.changes, leaving.renewed) == ((f"recipient - age {other}",), True)
    assert recipients(reseal(leaving, find()).after) == {("age", sealer.recipient)}


def test_another_selector_seals_anew(sealer: Sealer, tmp_path: Path) -> None:
    rules = sealer.rules() + "    encrypted_regex: ^a$\n"
    intent = intend(sealed(sealer, tmp_path), book(rules), data_key=False, named=False)
    assert intent is not None
    assert intent.reselected
    after = reseal(intent, find()).after
    assert b"b: plain" in after.data
    assert [one.plaintext for one in after.opened.values] == [
        one.plaintext for one in intent.sealed.opened.values
    ]


def test_without_a_rule_only_a_named_file_is_an_error(sealer: Sealer, tmp_path: Path) -> None:
    one, empty = sealed(sealer, tmp_path), RuleBook(lambda _: None)
    assert intend(one, empty, data_key=False, named=False) is None
    with pytest.raises(SealwardError, match=r"no creation rule claims s.enc.yaml"):
        intend(one, empty, data_key=False, named=True)
    fresh = intend(one, empty, data_key=True, named=True)
    assert fresh is not None
    assert (fresh.changes, fresh.renewed) == ((), True)


def test_a_broken_rule_is_an_error(sealer: Sealer, tmp_path: Path) -> None:
    with pytest.raises(SealwardError, match="sops cannot use it"):
        intend(sealed(sealer, tmp_path), book("creation_rules: [\n"), data_key=False, named=False)
