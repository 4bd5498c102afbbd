"""What former recipients know, each secret once."""

from __future__ import annotations

from sealward.report.reencryptions import as_data, as_text, known
from sealward.rotation.batch import Outcome
from tests.report.records import EXPOSED, REENCRYPTION


def test_a_secret_of_several_files_is_named_once_with_all_of_them() -> None:
    again = EXPOSED[0]._replace(path="z.enc.yaml")
    found = known((*EXPOSED, again))
    assert [(one.secret, one.files, one.dynamic) for one in found] == [
        ("database/creds/bot", ("d.enc.yaml",), True),
        ("secret/bot/binance", ("a.enc.yaml", "z.enc.yaml"), False),
    ]
    assert found[1].keys == ("api_key", "api_secret")


def test_newcomers_are_told_of_beforehand_only() -> None:
    assert "to be asked for" in as_text(REENCRYPTION)
    assert "to be asked for" not in as_text(REENCRYPTION._replace(done=True))


def test_a_long_list_of_files_is_cut() -> None:
    many = tuple(EXPOSED[0]._replace(path=f"f{number}") for number in range(6))
    assert "in f0, f1, f2 and 3 more" in as_text(REENCRYPTION._replace(exposed=many))


def test_json_has_the_fields_of_a_rotation() -> None:
    told = as_data(REENCRYPTION, Outcome((), ()))
    assert (told["done"], told["rotated"], told["failed"], told["problems"]) == (False, [], [], [])
