"""What a real server says of references: there, missing, deleted, destroyed, dropped, about to vanish, forbidden."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sealward.demo.bao_server import dev_server
from sealward.errors import SealwardError
from sealward.references.syntax import parse
from sealward.vault.inspector import Inspector, Known

if TYPE_CHECKING:
    from sealward.references.syntax import Reference
    from sealward.vault.client import Client
    from tests.support.openbao import Bao


def reference(text: str) -> Reference:
    found = parse(text)
    assert found is not None
    return found


@pytest.fixture
def world(bao: Bao) -> Bao:
    """bot: versions 2 to 11 are left of 11; 5 is deleted, 6 destroyed. small: two versions are kept."""
    for number in range(11):
        bao.put("bot", api_key=f"value-{number}", api_secret="s")
    bao.client.post(f"{bao.mount}/delete/bot", versions=[5])
    bao.client.transport.request("put", f"{bao.mount}/destroy/bot", json={"versions": [6]})
    bao.client.post(f"{bao.mount}/metadata/small", max_versions=2)
    bao.put("small", key="one")
    return bao


def known(bao: Bao, where: str, client: Client | None = None) -> Known:
    one = reference(f"vault:{bao.mount}/data/{where}")
    return Inspector(client or bao.client, [one]).known(one)


KEYS = frozenset({"api_key", "api_secret"})
VALUES_ONLY = 'path "{mount}/data/*" {{ capabilities = ["read"] }}'
NO_VALUES = 'path "{mount}/metadata/*" {{ capabilities = ["read"] }}\npath "{mount}/subkeys/*" {{ capabilities = ["read"] }}'


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("bot#api_key#11", Known("there", "ok", KEYS, False, 11, 10)),
        ("bot#api_key#3", Known("there", "ok", KEYS, False, 11, 10)),
        ("bot#api_key", Known("there", "ok", KEYS, False, 11, 10)),
        ("bot#api_key#2", Known("there", "ok", KEYS, True, 11, 10)),
        ("bot#api_key#1", Known("there", "dropped", None, False, 11, 10)),
        ("bot#api_key#12", Known("there", "absent", None, False, 11, 10)),
        ("bot#api_key#5", Known("there", "deleted", None, False, 11, 10)),
        ("bot#api_key#6", Known("there", "destroyed", None, False, 11, 10)),
        ("small#key#1", Known("there", "ok", frozenset({"key"}), False, 1, 2)),
        ("absent#key#1", Known("missing")),
    ],
)
def test_versions(world: Bao, where: str, expected: Known) -> None:
    assert known(world, where) == expected


def test_a_token_that_sees_no_value_is_enough(world: Bao) -> None:
    client = world.login(world.token(NO_VALUES.format(mount=world.mount)))
    assert known(world, "bot#api_key#11", client).keys == KEYS
    assert known(world, "bot#api_key#5", client).version == "deleted"


@pytest.mark.parametrize(
    ("where", "found", "version"),
    [
        ("bot#api_key#11", "there", "ok"),
        ("bot#api_key", "there", "ok"),
        ("bot#api_key#5", "there", "deleted"),
        ("bot#api_key#6", "there", "destroyed"),
        ("bot#api_key#12", "there", "absent"),
        ("absent#key", "missing", "ok"),
    ],
)
def test_a_token_that_sees_values_alone_is_enough(world: Bao, where: str, found: str, version: str) -> None:
    one = known(world, where, world.login(world.token(VALUES_ONLY.format(mount=world.mount))))
    assert (one.found, one.version) == (found, version)


@pytest.mark.parametrize(
    "policy",
    [
        'path "{mount}/data/other" {{ capabilities = ["read"] }}',
        'path "{mount}/metadata/*" {{ capabilities = ["read"] }}',
    ],
)
def test_a_token_without_rights(world: Bao, policy: str) -> None:
    client = world.login(world.token(policy.format(mount=world.mount)))
    assert known(world, "bot#api_key#11", client).found == "unreadable"


def test_dynamic_credentials_are_not_drawn(world: Bao) -> None:
    mount = f"database-{world.mount}"
    world.client.post(f"sys/mounts/{mount}", type="database")
    world.client.post(
        f"{mount}/config/pg", plugin_name="postgresql-database-plugin", allowed_roles="*",
        connection_url="postgresql://{{username}}:{{password}}@127.0.0.1:9/x", username="u", password="p",
        verify_connection=False,
    )  # fmt: skip
    world.client.post(f"{mount}/roles/bot", db_name="pg", creation_statements=["SELECT 1"])
    there, absent = (reference(f"vault:{mount}/creds/{name}#username") for name in ("bot", "absent"))
    inspector = Inspector(world.client, [there, absent])
    assert (inspector.known(there).found, inspector.known(absent).found) == ("there", "missing")

    ask = 'path "sys/capabilities-self" { capabilities = ["update"] }\n'
    draws = world.login(world.token(ask + f'path "{mount}/creds/bot" {{ capabilities = ["read"] }}'))
    inspector = Inspector(draws, [there, absent])
    assert (inspector.known(there).found, inspector.known(absent).found) == ("there", "unreadable")
    assert world.client.transport.request(
        "get", f"{mount}/roles/bot"
    )  # the server would have failed to connect


def test_hundreds_of_references_in_few_requests(world: Bao, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    once = world.client.transport.once

    def counted(method: str, path: str, **options: object) -> object:
        sent.append(f"{method} {path}")
        return once(method, path, **options)

    monkeypatch.setattr(world.client.transport, "once", counted)
    texts = [f"vault:{world.mount}/data/bot#{key}#{version}" for key in "abcde" for version in (10, 11)] * 20
    references = [reference(text) for text in texts]
    inspector = Inspector(world.client, references)
    assert {inspector.known(one).found for one in references} == {"there"}
    assert len(references) == 200
    assert len(sent) == 4
    assert all(one.startswith("get ") for one in sent)


def test_a_wrong_token_and_a_sealed_server_end_it(world: Bao) -> None:
    with pytest.raises(SealwardError, match="token is missing, wrong or expired"):
        known(world, "bot#api_key#11", world.login("wrong"))
    with dev_server() as server:
        from tests.support.openbao import Bao as Another

        other = Another(server)
        other.client.transport.request("put", "sys/seal")
        other.client.transport.patience = 0
        with pytest.raises(SealwardError, match="is sealed"):
            known(other, "bot#api_key#1")


def test_a_version_that_will_be_deleted_is_still_there(world: Bao) -> None:
    """KV v2 writes a time to come into ``deletion_time`` where ``delete_version_after`` is set."""
    where = f"{world.mount}/metadata/mortal"
    world.client.transport.request("post", where, json={"delete_version_after": "24h"})
    world.put("mortal", key="one")
    reference = parse(f"vault:{world.mount}/data/mortal#key#1")
    assert reference is not None
    known = Inspector(world.client, [reference]).known(reference)
    assert (known.found, known.version) == ("there", "ok")
    assert known.expires is not None
    assert 23 * 3600 < known.expires - time.time() < 25 * 3600
    later = Inspector(world.client, [reference], now=lambda: time.time() + 2 * 86400).known(reference)
    assert (later.version, later.expires) == ("deleted", None)
