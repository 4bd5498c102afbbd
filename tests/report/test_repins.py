"""Pins of Git beside those of an inventory."""

from __future__ import annotations

from sealward.deploy import values
from sealward.deploy.inventory import Inventory
from sealward.deploy.wanted import Wanted
from sealward.finding import Place
from sealward.report.repins import Repins

AT = Place("k.enc.yaml", 1, 1)


def wanted(name: str, **texts: str) -> Wanted:
    entries = {key: values.entry(AT, text) for key, text in texts.items()}
    return Wanted(
        namespace="ns", name=name, type="Opaque", place=AT, entries=entries, labels={}, annotations={}
    )


def test_what_differs() -> None:
    held = Inventory({"ns/a": {"K": "secret/bot#k#1", "L": "secret/bot#l#1"}, "ns/old": {}})
    new = "vault:secret/data/bot#k#2"
    found = Repins.of("t", [wanted("a", K=new, M="text"), wanted("b", K="x")], held)
    assert found.as_text()[1:] == [
        "secret/ns/b: not deployed yet",
        "secret/ns/a: K  secret/bot#k#1 → #2",
        "secret/ns/a: L  secret/bot#l#1 → gone, or a literal",
        "secret/ns/old: no longer in Git",
        "2 pins to change, 1 new, 1 gone",
    ]
    assert "| secret/ns/a | K | secret/bot#k#1 → #2 |" in found.as_markdown()
    assert found.as_data()["differs"] is True


def test_nothing_differs() -> None:
    held = Inventory({"ns/a": {"K": "secret/bot#k#2"}})
    found = Repins.of("t", [wanted("a", K="vault:secret/data/bot#k#2", M="text")], held)
    assert (found.differs, found.summary) == (False, "1 Secret: pins as deployed")
