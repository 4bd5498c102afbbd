"""References resolved by a real OpenBao: once each, in memory, and pointed at where that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.deploy import values
from sealward.deploy.resolution import Resolver
from sealward.deploy.wanted import Wanted
from sealward.errors import SealwardError
from sealward.finding import Place

if TYPE_CHECKING:
    from tests.support.openbao import Bao

AT = Place("k.enc.yaml", 6, 8)


def wanted(**texts: str) -> Wanted:
    entries = {key: values.entry(AT, text, unpinned=True) for key, text in texts.items()}
    return Wanted(
        namespace="ns", name="keys", type="Opaque", place=AT, entries=entries, labels={}, annotations={}
    )


def test_each_version_is_read_once(bao: Bao) -> None:
    bao.put("bot", a="1", b="2")
    bao.put("bot", a="11")
    first, second = f"vault:{bao.mount}/data/bot#", f"vault:{bao.mount}/data/bot#a#2"
    resolver = Resolver(lambda: bao.client)
    made = wanted(A=f"{first}a#1", B=f"{first}b#1", C=second, D=f"x-${{{first}a#1}}-${{{second}}}", E="text")
    (found,) = resolver.resolve([made])
    assert {key: value.text() for key, value in found.data.items()} == {
        "A": "1", "B": "2", "C": "11", "D": "x-1-11", "E": "text"
    }  # fmt: skip
    assert resolver.reads == 2
    assert found.pins["D"] == f"{bao.mount}/bot#a#1, {bao.mount}/bot#a#2"


def test_without_references_nobody_is_asked() -> None:
    def connect() -> None:
        raise AssertionError

    assert Resolver(connect).resolve([wanted(A="x")])[0].pins == {}  # type: ignore[arg-type]


def test_a_missing_pin_takes_the_newest_once_and_says_which(bao: Bao) -> None:
    bao.put("bot", a="1")
    bao.put("bot", a="2")
    resolver = Resolver(lambda: bao.client)
    (found,) = resolver.resolve([wanted(A=f"vault:{bao.mount}/data/bot#a")])
    assert (found.data["A"].text(), found.pins["A"]) == ("2", f"{bao.mount}/bot#a#2")
    assert resolver.taken == {f"{bao.mount}/bot#a": 2}


def test_values_within_json_are_escaped(bao: Bao) -> None:
    import json

    bao.put("r", p='a"b\\')
    text = f'{{"auths": {{"x": {{"password": "vault:{bao.mount}/data/r#p#1"}}}}}}'
    (found,) = Resolver(lambda: bao.client).resolve([wanted(A=text)])
    assert json.loads(found.data["A"].text())["auths"]["x"]["password"] == 'a"b\\'


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("bot#a#9", "has no version 9"),
        ("bot#b#1", "has no key 'b'; its keys are: a, e"),
        ("none#a#1", "no version 1"),
        ("bot#e#1", "is empty in Vault"),
    ],
)
def test_what_is_gone_is_pointed_at(reference: str, reason: str, bao: Bao) -> None:
    bao.put("bot", a="1", e="")
    with pytest.raises(SealwardError, match=reason) as caught:
        Resolver(lambda: bao.client).resolve([wanted(A=f"vault:{bao.mount}/data/{reference}")])
    assert str(caught.value).startswith("k.enc.yaml:6:8: ")


def test_another_server_is_refused_and_this_one_by_its_name_is_not(bao: Bao) -> None:
    bao.put("bot", a="1")
    text = f"ref+vault://{bao.mount}/bot?version=1&address={{}}#/a"
    resolver = Resolver(lambda: bao.client)
    (found,) = resolver.resolve([wanted(A=text.format(bao.server.address))])
    assert found.data["A"].text() == "1"
    with pytest.raises(SealwardError, match=r"6:8: .* is on https://other:8200; deploy reads from"):
        resolver.resolve([wanted(A=text.format("https://other:8200"))])


def test_a_deleted_version_is_pointed_at(bao: Bao) -> None:
    bao.put("bot", a="1")
    bao.client.post(f"{bao.mount}/delete/bot", versions=[1])
    with pytest.raises(
        SealwardError, match=r"k\.enc\.yaml:6:8: version 1 of .* is deleted; `bao kv undelete"
    ):
        Resolver(lambda: bao.client).resolve([wanted(A=f"vault:{bao.mount}/data/bot#a#1")])
