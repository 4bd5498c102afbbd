"""Which secret a reference means: its server, namespace and mount, and what is said where one of them is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import pytest

from sealward.cli import main
from sealward.vault.connection import connect

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

POLICY = "policies:\n  p:\n    paths: ['*/bot/*', '*/*/bot/*']\n    every: 30d\n"


class World(NamedTuple):
    """A repository, a server with the namespace ``inner``, and a KV v2 mount of one name in both."""

    repo: Repo
    sealer: Sealer
    bao: Bao
    mount: str
    inner: str

    def commit(self, **texts: str) -> None:
        """Sealed files, ``a`` for ``a.enc.yaml``."""
        sealed = {
            f"{name}.enc.yaml": self.sealer.seal(f"{name}.enc.yaml", text) for name, text in texts.items()
        }
        self.repo.commit(
            {
                ".sops.yaml": self.sealer.rules(),
                "vault/rotation.yaml": POLICY,
                **sealed,
            }
        )

    def held(self, name: str) -> str:
        file = f"{name}.enc.yaml"
        return self.sealer.opened(file, (self.repo.path / file).read_bytes())


@pytest.fixture
def world(repo: Repo, sealer: Sealer, bao: Bao) -> World:
    inner = f"inner-{bao.mount}"
    bao.client.post(f"sys/namespaces/{inner}")
    inside = connect(
        {"VAULT_ADDR": bao.server.address, "VAULT_TOKEN": bao.server.root_token, "VAULT_NAMESPACE": inner}
    )
    inside.post(f"sys/mounts/{bao.mount}", type="kv", options={"version": "2"})
    for client in (bao.client, inside):
        client.post(f"{bao.mount}/data/bot/x", data={"k": "one"})
    return World(repo, sealer, bao, bao.mount, inner)


def statuses(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[int | None, str]]:
    """The newest version and the note of each reference, by key path."""
    assert main(["status", "--format", "json"]) in (0, 1)
    found = json.loads(capsys.readouterr().out)["references"]
    return {one["key_path"]: (one["latest"], one["note"] or "") for one in found}


TEXT = """\
plain: vault:{m}/data/bot/x#k#1
here: ref+vault://{m}/bot/x?address={address}&version=1#/k
host: ref+vault://{m}/bot/x?host={host}&proto=http&version=1#/k
slash: ref+vault://{m}/bot/x?address={address}/&version=1#/k
inner: ref+vault://{m}/bot/x?namespace={inner}&version=1#/k
slashes: ref+vault://{m}/bot/x?namespace=/{inner}/&version=1#/k
other: ref+vault://{m}/bot/x?address=https://other.example:8200&version=1#/k
both: ref+vault://{m}/bot/x?address=https://other.example:8200&namespace={inner}&version=1#/k
"""


@pytest.mark.parametrize("namespace", ["", "inner"])
def test_what_names_this_run_is_the_same_secret_and_all_else_is_left_alone_and_named(
    world: World, namespace: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = world.bao.server.address.replace("127.0.0.1", "localhost")
    host = world.bao.server.address.removeprefix("http://")
    text = TEXT.format(m=world.mount, address=address, host=host, inner=world.inner)
    world.commit(a=text)
    if namespace:
        monkeypatch.setenv("VAULT_NAMESPACE", f"{world.inner}/")
    mine = {"plain", "here", "host", "slash"} | ({"inner", "slashes"} if namespace else set())
    found = statuses(capsys)
    assert {name for name, (latest, _) in found.items() if latest == 1} == mine
    assert all("never re-pinned" in note for name, (_, note) in found.items() if name not in mine)

    assert main(["rotate", f"{world.mount}/bot/x", "k"]) == 0
    out = capsys.readouterr().out
    lines = dict(line.split(": ", 1) for line in world.held("a").splitlines())
    assert {name for name, value in lines.items() if value.endswith(("#2", "version=2#/k"))} == mine
    for number, name in enumerate(lines, 1):
        assert (f"a.enc.yaml:{number} pins version 1" in out) is (name not in mine), name


def test_check_online_names_what_it_did_not_ask_for(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.commit(
        a=f"a: ref+vault://{world.mount}/bot/x?namespace=gone&version=9#/k\nb: vault:{world.mount}/data/bot/x#k#1\n"
    )
    assert main(["check", "--online", "a.enc.yaml"]) == 0
    out, err = capsys.readouterr()
    assert f"a.enc.yaml:1: {world.mount}/bot/x in the namespace gone was not asked for" in err
    assert "no findings" in out
    assert main(["check", "--online", "--quiet", "a.enc.yaml"]) == 0
    assert capsys.readouterr() == ("", "")


COMMANDS = (["status", "--check"], ["rotate", "--due", "--dry-run"], ["check", "--online", "--all"])
WRONG = [
    ("VAULT_NAMESPACE", "nowhere", "has no namespace 'nowhere'"),
    ("VAULT_NAMESPACE", "empty", "has a mount on Vault at"),
    ("VAULT_ADDR", "{address}/v1", "ends in /v1"),
    ("VAULT_ADDR", "{address}/v1/", "ends in /v1"),
    ("VAULT_ADDR", "{address}/prefix", "has a mount on Vault at"),
    ("VAULT_ADDR", "{address}/ui", "but not as Vault does"),
]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("wrong", WRONG, ids=lambda one: one[1])
def test_a_wrong_address_or_namespace_is_one_clear_line(
    world: World, wrong: tuple[str, str, str], count: int,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    name, value, said = wrong
    if value == "empty":
        value = f"empty-{world.mount}"
        world.bao.client.post(f"sys/namespaces/{value}")
    secrets = [f"s{number}: vault:{world.mount}/data/bot/{number}#k#1\n" for number in range(count)]
    world.commit(a="".join(secrets))
    monkeypatch.setenv(name, value.format(address=world.bao.server.address))
    for command in COMMANDS:
        assert main(command) == 2
        out, err = capsys.readouterr()
        assert said in err, err
        assert (err.count("\n"), "gone" in out + err) == (1, False)


def test_a_mount_that_is_missing_beside_others_is_the_secret_s_own_fault(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.commit(a=f"a: vault:{world.mount}/data/bot/x#k#1\nb: vault:absent-{world.mount}/data/bot/x#k#1\n")
    found = statuses(capsys)
    assert found["a"] == (1, "")
    assert "nothing is mounted where" in found["b"][1]


def test_kv_version_1_has_no_versions_and_is_never_gone(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    flat = f"flat-{world.mount}"
    world.bao.client.post(f"sys/mounts/{flat}", type="kv", options={"version": "1"})
    world.bao.client.post(f"{flat}/bot/x", k="one")
    text = f"""\
bank: vault:{flat}/bot/x#k
vals: ref+vault://{flat}/bot/x#/k
agent: '{{{{ with secret "{flat}/bot/x" }}}}{{{{ .Data.k }}}}{{{{ end }}}}'
"""
    world.commit(a=text)
    assert main(["status", "--check", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["references"]
    assert len(found) == 3
    assert all("KV version 1: there are no versions to pin" in one["note"] for one in found)
    assert main(["check", "--online", "--all"]) == 0, capsys.readouterr()
    capsys.readouterr()
    assert main(["rotate", "--due", "--dry-run"]) == 0
    assert "nothing is due" in capsys.readouterr().out
    assert main(["rotate", f"{flat}/bot/x", "k"]) == 2
    assert "is not a KV version 2 mount, and has no versions to pin" in capsys.readouterr().err


CI = """\
path "{m}/metadata/bot/+" {{ capabilities = ["read"] }}
path "{m}/subkeys/bot/+" {{ capabilities = ["read"] }}
path "deep-{m}/team/metadata/bot/+" {{ capabilities = ["read"] }}
path "deep-{m}/team/subkeys/bot/+" {{ capabilities = ["read"] }}
"""


def test_the_least_of_policies_is_enough_to_find_nested_mounts(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = f"deep-{world.mount}/team"
    world.bao.client.post(f"sys/mounts/{deep}", type="kv", options={"version": "2"})
    world.bao.client.post(f"{deep}/data/bot/y", data={"k": "one"})
    world.commit(
        a=f"a: ref+vault://{deep}/bot/y?version=1#/k\nb: vault:{deep}/data/bot/y#k#1\nc: vault:{world.mount}/data/bot/x#k#1\n"
    )
    monkeypatch.setenv("VAULT_TOKEN", world.bao.token(CI.format(m=world.mount)))
    assert statuses(capsys) == {"a": (1, ""), "b": (1, ""), "c": (1, "")}
    assert main(["check", "--online", "--all"]) == 0
