"""What the server says of one reference: versions and their age, roles and their TTL, refusals as notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.references.syntax import parse
from sealward.status.ledger import Ledger
from sealward.status.standing import Standing
from tests.support.openbao import database

if TYPE_CHECKING:
    from tests.support.openbao import Bao

NOW = 4_000_000_000.0
DAY = 86400


def entered(bao: Bao, text: str, ledger: Ledger | None = None) -> Standing:
    reference = parse(text.replace("MOUNT", bao.mount))
    assert reference is not None
    standing = Standing("a.enc.yaml", 1, "a", NOW, pinned=reference.version, dynamic=reference.is_dynamic)
    return (ledger or Ledger(bao.client)).enter(standing, reference)


def test_a_version_has_an_age_and_what_is_newer_is_known(bao: Bao) -> None:
    bao.put("bot", k="one")
    bao.put("bot", k="two")
    one = entered(bao, "vault:MOUNT/data/bot#k#1")
    assert (one.latest, one.gone, one.source, one.drifted) == (2, False, "vault", True)
    assert one.created is not None
    assert one.created < NOW


@pytest.mark.parametrize(
    ("text", "gone", "note"),
    [
        ("vault:MOUNT/data/absent#k#1", True, "no secret"),
        ("vault:MOUNT/data/bot#k#9", True, "version 9 is not in Vault"),
        ("vault:pki/cert/1#ca", False, "no KV v2 path"),
        ("vault:MOUNT/creds/x#k", False, "an engine whose TTL is not known here"),
    ],
)
def test_what_cannot_be_said_is_a_note(bao: Bao, text: str, gone: bool, note: str) -> None:
    bao.put("bot", k="one")
    one = entered(bao, text)
    if "creds" in text:
        assert one.note
    else:
        assert (one.gone, note in one.note) == (gone, True), one.note


def test_each_secret_is_asked_for_once(bao: Bao) -> None:
    bao.put("bot", k="one", l="two")
    ledger = Ledger(bao.client)
    first = entered(bao, "vault:MOUNT/data/bot#k#1", ledger)
    bao.put("bot", k="new")
    assert entered(bao, "vault:MOUNT/data/bot#l#1", ledger).latest == first.latest == 1


@pytest.mark.parametrize(
    ("role", "ttl"),
    [
        ({"default_ttl": "1h", "max_ttl": "1h"}, 3600),
        ({"default_ttl": "2h", "max_ttl": "2h"}, 7200),
        ({"default_ttl": "1h"}, 3600),
        ({"default_ttl": "2h"}, 7200),
        ({"default_ttl": "30m", "max_ttl": "2h"}, 7200),
        ({}, 32 * DAY),
    ],
)
def test_the_ttl_of_a_database_role(bao: Bao, role: dict[str, str], ttl: int) -> None:
    mount = f"db-{bao.mount}"
    database(bao, mount)
    bao.client.post(f"{mount}/roles/bot", db_name="pg", creation_statements=["SELECT 1"], **role)
    one = entered(bao, "vault:db-MOUNT/creds/bot#username")
    assert (one.ttl, one.dynamic) == (ttl, True)
