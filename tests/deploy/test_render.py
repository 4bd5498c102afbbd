"""Manifests with references in the place of values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

from sealward.deploy import render, values
from sealward.deploy.resolution import Resolved
from sealward.deploy.wanted import Wanted
from sealward.finding import Place
from sealward.plaintext import Plaintext

if TYPE_CHECKING:
    import pytest

    from tests.deploy.stage import Stage

AT = Place("a", 1, 1)


def test_references_stand_in_the_place_of_values() -> None:
    texts = {
        "A": "vault:secret/data/bot#key#7", "B": "u:${vault:secret/data/bot#key#7}@h", "C": "hidden",
        "D": "ref+vault://secret/bot?version=2#/key", "E": "vault:db/static-creds/app#password",
    }  # fmt: skip
    wanted = Wanted(
        namespace="ns", name="n", type="t", place=AT, labels={"l": "m"}, annotations={},
        entries={key: values.entry(AT, text) for key, text in texts.items()},
    )  # fmt: skip
    assert render.references(wanted) == {
        "apiVersion": "v1", "kind": "Secret", "type": "t",
        "metadata": {"name": "n", "namespace": "ns", "labels": {"l": "m"}},
        "stringData": {
            "A": "vault:secret/data/bot#key#7", "B": "(literal)${vault:secret/data/bot#key#7}(literal)",
            "C": "(literal)", "D": "vault:secret/data/bot#key#2", "E": "vault:db/static-creds/app#password",
        },
    }  # fmt: skip
    made = render.values(Resolved(wanted, {"A": Plaintext(b"x")}, {}))
    assert (made["data"], "stringData" in made) == ({"A": "eA=="}, False)


def test_the_command_shows_no_value_unless_asked_twice(stage: Stage) -> None:
    stage.bao.put("bot", a="Canary-0815")
    stage.secret("keys", A=stage.reference("bot", "a", 1))
    stage.commit()
    assert stage.deploy("render") == 0
    assert yaml.safe_load(stage.out)["stringData"]["A"] == stage.reference("bot", "a", 1)
    assert "Canary" not in stage.out
    assert stage.deploy("render", "--values") == 2
    assert "it needs --yes-print-secrets, too" in stage.err
    assert stage.deploy("render", "--values", "--yes-print-secrets") == 0
    assert json.loads(stage.out.removeprefix("---\n"))["data"]["A"] == "Q2FuYXJ5LTA4MTU="


def test_values_do_not_go_to_a_terminal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sealward.commands.deployed.is_terminal", lambda _: True)
    stage.secret("keys", A="x")
    stage.commit()
    assert stage.deploy("render", "--values", "--yes-print-secrets") == 2
    assert "does not print secrets to a terminal" in stage.err
