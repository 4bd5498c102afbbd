"""What moves together with the keys that are renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.references.syntax import find_all
from sealward.rotation import siblings
from sealward.rotation.history import History

if TYPE_CHECKING:
    from sealward.references.syntax import Reference
    from tests.support.openbao import Bao


def moving(bao: Bao, *keys: str) -> list[Reference]:
    return find_all(" ".join(f"${{vault:{bao.mount}/data/s#{key}#1}}" for key in keys))


def history(bao: Bao, *versions: dict[str, str]) -> History:
    for values in versions:
        bao.client.post(f"{bao.mount}/data/s", data=values)
    return History(bao.client, bao.mount, "s", bao.client.metadata(bao.mount, "s"))


def test_a_key_that_is_lost_is_named_and_the_way_out(bao: Bao) -> None:
    found = history(bao, {"k": "a", "p": "x"}, {"k": "b"})
    held = found.values(2) or {}
    siblings.check_present("secret/s", moving(bao, "k"), held, 3, 2)
    with pytest.raises(SealwardError, match="version 2 of secret/s has no key p, ") as error:
        siblings.check_present("secret/s", moving(bao, "k", "p"), held, 3, 2)
    assert "bao kv patch secret/s p=" in error.value.hint


@pytest.mark.parametrize(
    ("second", "asked", "found"),
    [
        ({"k": "b", "p": "x"}, ("k",), []),
        ({"k": "b", "p": "y"}, ("k",), [("p", 1, 2)]),
        ({"k": "b", "p": "y"}, ("k", "p"), []),
        ({"k": "a", "p": "x", "new": "z"}, ("k",), []),
    ],
)
def test_a_value_that_nobody_asked_for(
    bao: Bao, second: dict[str, str], asked: tuple[str, ...], found: list[tuple[str, int, int]]
) -> None:
    known = history(bao, {"k": "a", "p": "x"}, second)
    told = siblings.changed(known, moving(bao, "k", "p"), known.values(2) or {}, asked, 2)
    assert told == tuple(found)


def test_a_reference_to_the_whole_secret_names_all_its_keys(bao: Bao) -> None:
    known = history(bao, {"k": "a", "p": "x", "q": "1"}, {"k": "b", "p": "y"})
    [one] = moving(bao, "k")
    whole = [one._replace(key="")]
    told = siblings.changed(known, whole, known.values(2) or {}, ("k",), 2)
    assert [one.key for one in told] == ["p", "q"]


def test_a_pin_that_cannot_be_read_has_nothing_to_lose(bao: Bao) -> None:
    history(bao, {"k": "a", "p": "x"}, {"k": "b", "p": "y"})
    bao.client.post(f"{bao.mount}/delete/s", versions=[1])
    known = History(bao.client, bao.mount, "s", bao.client.metadata(bao.mount, "s"))
    assert siblings.changed(known, moving(bao, "p"), known.values(2) or {}, (), 2) == ()
