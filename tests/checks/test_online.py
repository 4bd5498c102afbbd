"""References against a real server: each that cannot be read, or soon cannot, is a finding at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.checks.online import judge
from sealward.finding import Place
from sealward.references.syntax import find_all
from sealward.sealed.contents import Found

if TYPE_CHECKING:
    from tests.support.openbao import Bao


def found(bao: Bao, *texts: str) -> list[tuple[str, str, str]]:
    references = [
        Found(Place("s.enc.yaml", number, 1, "k"), reference)
        for number, text in enumerate(texts, 1)
        for reference in find_all(text.replace("MOUNT", bao.mount))
    ]
    return [(one.rule, one.message, one.hint) for one in judge(references, bao.client)]


@pytest.fixture
def world(bao: Bao) -> Bao:
    for number in range(11):
        bao.put("bot", api_key=f"canary-{number}")
    bao.client.post(f"{bao.mount}/delete/bot", versions=[5])
    return bao


@pytest.mark.parametrize(
    ("text", "rule", "says", "way_out"),
    [
        ("vault:MOUNT/data/bot#api_key#11", "", "", ""),
        ("vault:MOUNT/data/bot#api_key", "", "", ""),
        ("vault:MOUNT/data/absent#k#1", "missing-secret", "which is not in Vault", "kv list"),
        (
            "vault:MOUNT/data/bot#api_kye#11",
            "missing-key",
            "refers to the key 'api_kye'",
            "did you mean 'api_key'?",
        ),
        ("vault:MOUNT/data/bot#api_key#1", "missing-version", "was pushed out", "the newest is 11"),
        ("vault:MOUNT/data/bot#api_key#12", "missing-version", "is not in Vault", "the newest is 11"),
        ("vault:MOUNT/data/bot#api_key#5", "missing-version", "is deleted", "kv undelete -versions=5"),
        ("vault:MOUNT/data/bot#api_key#2", "vanishing-version", "the oldest of 10", "-max-versions"),
        ("ref+vault://MOUNT/absent?namespace=prod#/k", "", "", ""),
    ],
)
def test_what_the_server_says(world: Bao, text: str, rule: str, says: str, way_out: str) -> None:
    said = found(world, text)
    assert [one for one, _, _ in said] == ([rule] if rule else [])
    assert "canary" not in repr(said)
    for _, message, hint in said:
        assert says in message
        assert way_out in hint
