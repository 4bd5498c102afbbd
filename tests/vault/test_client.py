"""The client on a real server: versions, check-and-set, and every refusal as one clear line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sealward.demo.bao_server import dev_server
from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.vault.connection import connect
from sealward.vault.refusals import CheckAndSetMismatch
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from pathlib import Path

    from sealward.vault.client import Metadata
    from tests.support.openbao import Bao


def test_a_write_keeps_sibling_keys_and_the_old_version(bao: Bao) -> None:
    assert bao.put("bot", api_key="one", api_secret="kept") == 1
    assert bao.client.write(bao.mount, "bot", {"api_key": Plaintext(b"two")}, cas=1) == 2
    assert bao.get("bot") == {"api_key": "two", "api_secret": "kept"}
    assert bao.get("bot", 1) == {"api_key": "one", "api_secret": "kept"}


def test_without_the_patch_capability_the_siblings_are_kept_too(bao: Bao) -> None:
    bao.put("bot", api_key="one", api_secret="kept")
    token = bao.token(f'path "{bao.mount}/data/bot" {{ capabilities = ["read", "update"] }}')
    assert bao.login(token).write(bao.mount, "bot", {"api_key": Plaintext(b"two")}, cas=1) == 2
    assert bao.get("bot") == {"api_key": "two", "api_secret": "kept"}


@pytest.mark.parametrize("capabilities", ['["read", "update", "patch"]', '["read", "update"]'])
def test_siblings_of_any_type_stay_what_they_are(bao: Bao, capabilities: str) -> None:
    siblings = {"port": 5432, "ratio": 0.5, "flag": True, "nothing": None, "nested": {"a": [1, "b"]}}
    where = f"{bao.mount}/data/bot"
    bao.client.transport.request("post", where, json={"data": {**siblings, "api_key": "one"}})
    client = bao.login(bao.token(f'path "{where}" {{ capabilities = {capabilities} }}'))
    assert client.write(bao.mount, "bot", {"api_key": Plaintext(b"two")}, cas=1) == 2
    assert bao.client.get(where)["data"] == {**siblings, "api_key": "two"}


@pytest.mark.parametrize("capabilities", ['["read", "update", "patch"]', '["read", "update"]'])
def test_check_and_set_settles_two_writers(bao: Bao, capabilities: str) -> None:
    bao.put("bot", api_key="one")
    bao.put("bot", api_key="two")
    client = bao.login(bao.token(f'path "{bao.mount}/data/bot" {{ capabilities = {capabilities} }}'))
    with pytest.raises(CheckAndSetMismatch, match="no longer at version 1"):
        client.write(bao.mount, "bot", {"api_key": Plaintext(b"three")}, cas=1)
    assert bao.get("bot") == {"api_key": "two"}


def test_an_unclear_write_is_settled_by_reading_back(bao: Bao, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server writes, but its answer is lost: the fault cannot be had on demand, so it is injected."""
    bao.put("bot", api_key="one")
    once = bao.client.transport.once
    lost: list[str] = []

    def lose_first_answer(method: str, path: str, **options: object) -> object:
        answer = once(method, path, **options)
        if method == "patch" and not lost:
            lost.append(path)
            raise VaultError("lost", "", transient=True)
        return answer

    monkeypatch.setattr(bao.client.transport, "once", lose_first_answer)
    assert bao.client.write(bao.mount, "bot", {"api_key": Plaintext(b"two")}, cas=1) == 2
    assert lost
    assert bao.client.metadata(bao.mount, "bot").current == 2


def test_an_own_write_that_is_seen_late_is_not_somebody_elses(
    bao: Bao, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is lost and the node that is asked lags behind: the second try meets our own version."""
    bao.put("bot", api_key="one")
    once, metadata = bao.client.transport.once, bao.client.metadata
    before = metadata(bao.mount, "bot")
    patches: list[str] = []

    def lose_first_answer(method: str, path: str, **options: object) -> object:
        patches.extend([path] if method == "patch" else [])
        answer = once(method, path, **options)
        if method == "patch" and len(patches) == 1:
            raise VaultError("lost", "", transient=True)
        return answer

    def lag(mount: str, path: str) -> Metadata:
        return before if len(patches) == 1 else metadata(mount, path)

    monkeypatch.setattr(bao.client.transport, "once", lose_first_answer)
    monkeypatch.setattr(bao.client, "metadata", lag)
    assert bao.client.write(bao.mount, "bot", {"api_key": Plaintext(b"two")}, cas=1) == 2
    assert len(patches) == 2
    assert metadata(bao.mount, "bot").current == 2


def test_a_first_write_that_fails_once_is_made(bao: Bao, monkeypatch: pytest.MonkeyPatch) -> None:
    once = bao.client.transport.once
    failed: list[str] = []

    def fail_first(method: str, path: str, **options: object) -> object:
        if method == "patch" and not failed:
            failed.append(path)
            raise VaultError("storage", "", 500, transient=True)
        return once(method, path, **options)

    monkeypatch.setattr(bao.client.transport, "once", fail_first)
    assert bao.client.write(bao.mount, "new", {"api_key": Plaintext(b"one")}, cas=0) == 1
    assert failed


def test_writes_that_stay_refused_come_to_an_end(bao: Bao, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rate limit on writes alone: reading back works, and must not start the patience again."""
    bao.put("bot", api_key="one")
    quota = {"path": f"{bao.mount}/data/bot", "rate": 1, "interval": "1h"}
    where = f"sys/quotas/rate-limit/{bao.mount}"
    bao.client.transport.request("post", where, json=quota)
    once = bao.client.transport.once
    sent: list[str] = []

    def counted(method: str, path: str, **options: object) -> object:
        sent.append(path)
        if len(sent) > 100:
            pytest.fail("it goes on and on")
        return once(method, path, **options)

    monkeypatch.setattr(bao.client.transport, "once", counted)
    bao.client.transport.patience = 1.0
    assert bao.client.write(bao.mount, "bot", {"api_key": Plaintext(b"two")}, cas=1) == 2
    with pytest.raises(VaultError) as caught:
        bao.client.write(bao.mount, "bot", {"api_key": Plaintext(b"three")}, cas=2)
    assert caught.value.status == 429
    assert bao.client.metadata(bao.mount, "bot").current == 2
    bao.client.transport.request("delete", where)


def test_metadata(bao: Bao) -> None:
    bao.put("bot", a="1")
    bao.put("bot", a="2")
    bao.client.annotate(bao.mount, "bot", {"owner": "ops", "gone": "x"})
    bao.client.annotate(bao.mount, "bot", {"gone": None})
    found = bao.client.metadata(bao.mount, "bot")
    assert (found.current, found.oldest, found.custom) == (2, 1, {"owner": "ops"})
    assert found.versions[1].is_readable(time.time())
    assert found.versions[1].created < found.versions[2].created


def test_missing_deleted_and_destroyed_are_told_apart(bao: Bao) -> None:
    bao.put("bot", a="1")
    bao.put("bot", a="2")
    bao.put("bot", a="3")
    bao.client.post(f"{bao.mount}/delete/bot", versions=[1])
    bao.client.post(f"{bao.mount}/destroy/bot", versions=[2])
    for version, words in ((1, "is deleted"), (2, "is destroyed"), (9, "has no version 9")):
        with pytest.raises(SealwardError, match=words):
            bao.client.read(bao.mount, "bot", version)
    with pytest.raises(SealwardError, match=f"no secret {bao.mount}/nothing"):
        bao.client.read(bao.mount, "nothing")
    assert not bao.client.metadata(bao.mount, "bot").versions[1].is_readable(time.time())


def test_a_mount_without_versions_is_told(bao: Bao) -> None:
    """KV version 1 takes `data/` and `metadata/` for parts of the path, and answers without versions."""
    mount = f"{bao.mount}-unversioned"
    bao.client.post(f"sys/mounts/{mount}", type="kv", options={"version": "1"})
    for part in ("data", "metadata"):
        bao.client.post(f"{mount}/{part}/bot", api_key="one")
    for ask in (bao.client.read, bao.client.metadata):
        with pytest.raises(SealwardError, match=f"{mount} is not a KV version 2 mount"):
            ask(mount, "bot")


def test_a_token_without_rights_is_told_the_path(bao: Bao) -> None:
    bao.put("bot", a="1")
    client = bao.login(bao.token('path "other/*" { capabilities = ["read"] }'))
    with pytest.raises(SealwardError, match=f"may not do this on {bao.mount}/data/bot"):
        client.read(bao.mount, "bot")


def test_capabilities_of_many_paths_at_once(bao: Bao) -> None:
    client = bao.login(
        bao.token(
            f'path "{bao.mount}/data/a" {{ capabilities = ["read", "patch"] }}\n'
            'path "sys/capabilities-self" { capabilities = ["update"] }'
        )
    )
    found = client.capabilities([f"{bao.mount}/data/a", f"{bao.mount}/data/b"])
    assert found == {f"{bao.mount}/data/a": {"read", "patch"}, f"{bao.mount}/data/b": {"deny"}}


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "no Vault token"),
        ({"VAULT_TOKEN": "x"}, "no Vault address"),
        (
            {"VAULT_TOKEN": "x", "VAULT_ADDR": "http://127.0.0.1:9"},
            "Vault at http://127.0.0.1:9 is unreachable",
        ),
        ({"VAULT_TOKEN": "x", "VAULT_ADDR": "nonsense"}, "is not http:// or https:// and a host"),
    ],
)
def test_what_is_missing_is_named(environment: dict[str, str], words: str) -> None:
    with pytest.raises(SealwardError, match=words):
        connect(environment).read("secret", "bot")


def test_a_wrong_token(bao: Bao) -> None:
    with pytest.raises(SealwardError, match="token is missing, wrong or expired"):
        bao.login("wrong").read(bao.mount, "bot")


def test_the_token_file_and_the_bao_twins(bao: Bao, tmp_path: Path) -> None:
    bao.put("bot", a="1")
    (tmp_path / ".vault-token").write_text(bao.server.root_token + "\n")
    for name in ("BAO_ADDR", "VAULT_ADDR"):
        client = connect({name: bao.server.address, "HOME": str(tmp_path)})
        assert client.read(bao.mount, "bot").version == 1
    both = {"BAO_ADDR": bao.server.address, "VAULT_ADDR": "http://127.0.0.1:9", "HOME": str(tmp_path)}
    assert connect(both).read(bao.mount, "bot").version == 1


def test_a_sealed_server() -> None:
    with dev_server() as server:
        client = connect({"VAULT_ADDR": server.address, "VAULT_TOKEN": server.root_token})
        client.post("sys/seal")
        with pytest.raises(SealwardError, match="is sealed; unseal it"):
            client.read("secret", "bot")


def test_values_do_not_show(bao: Bao) -> None:
    bao.put("bot", a="canary-value")
    assert "canary" not in repr(bao.client.read(bao.mount, "bot"))
