"""Rotation on real parts: an OpenBao server, the sops program, git. Bad input changes nothing anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from sealward.cli import main
from sealward.document import parse
from sealward.sops import program as sops_program
from tests.support.rotations import under_way

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

TEXT = """\
environment: production
# where orders go
exchanges:
    binance:
        api_key: vault:{mount}/data/bot/binance#api_key#1
        api_secret: vault:{mount}/data/bot/binance#api_secret#1
    kraken:
        api_key: vault:{mount}/data/bot/kraken#api_key#1
dsn: postgres://bot:${{vault:{mount}/data/bot/binance#api_key#1}}@db/bot
free: vault:{mount}/data/bot/binance#api_key
"""


class World:
    """A repository with two sealed files that pin a secret on the server."""

    def __init__(self, repo: Repo, sealer: Sealer, bao: Bao) -> None:
        self.repo, self.sealer, self.bao = repo, sealer, bao
        self.secret = f"{bao.mount}/bot/binance"
        bao.put("bot/binance", api_key="old-key", api_secret="old-secret")
        bao.put("bot/kraken", api_key="kraken-key")
        second = f'{{"key": "ref+vault://{bao.mount}/bot/binance?version=1#/api_key"}}'
        repo.commit(
            {
                ".sops.yaml": sealer.rules(),
                "secrets.enc.yaml": sealer.seal("secrets.enc.yaml", TEXT.format(mount=bao.mount)),
                "sub/second.enc.json": sealer.seal("second.enc.json", second),
                "README": "nothing to see",
            }
        )

    def state(self) -> tuple[Any, ...]:
        """Everything that a failed rotation must leave alone: the files, and all of both secrets."""
        files = {
            str(path.relative_to(self.repo.path)): path.read_bytes()
            for path in self.repo.path.rglob("*")
            if path.is_file() and ".git" not in path.parts
        }
        secrets = [self.bao.client.metadata(self.bao.mount, f"bot/{name}") for name in ("binance", "kraken")]
        return files, secrets

    def opened(self, path: str, store: str = "yaml") -> str:
        return self.sealer.opened(path, (self.repo.path / path).read_bytes(), store)


@pytest.fixture
def world(repo: Repo, sealer: Sealer, bao: Bao) -> World:
    return World(repo, sealer, bao)


def next_second() -> None:
    """sops notes whole seconds: wait, so that ``lastmodified`` changes."""
    time.sleep(1 - time.time() % 1)


def test_rotation(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    next_second()
    before = (world.repo.path / "secrets.enc.yaml").read_text()
    assert main(["rotate", world.secret, "api_key"]) == 0
    out = capsys.readouterr().out

    new = world.bao.get("bot/binance")
    assert new["api_secret"] == "old-secret"
    assert len(new["api_key"]) == 64
    assert new["api_key"] not in out
    assert world.bao.get("bot/binance", 1) == {"api_key": "old-key", "api_secret": "old-secret"}
    assert under_way(world.bao.client.metadata(world.bao.mount, "bot/binance").custom) == {}

    text = TEXT.format(mount=world.bao.mount)
    assert world.opened("secrets.enc.yaml") == text.replace("#api_key#1", "#api_key#2").replace(
        "#api_secret#1", "#api_secret#2"
    ).replace("bot/kraken#api_key#2", "bot/kraken#api_key#1")
    assert "version=2" in world.opened("sub/second.enc.json", "json")

    after = (world.repo.path / "secrets.enc.yaml").read_text()
    changed = [
        old.strip().split(":")[0]
        for old, line in zip(before.splitlines(), after.splitlines(), strict=True)
        if old != line
    ]
    assert changed == ["api_key", "api_secret", "dsn", "lastmodified", "mac"]
    assert "version 1 → 2" in out
    assert "exchanges.binance.api_key  pin 1 → 2" in out
    assert "free  has no pin" in out
    assert "git diff" in out


def test_one_file_in_the_diff(world: World) -> None:
    next_second()
    assert (
        main(["rotate", f"{world.bao.mount}/data/bot/kraken", "api_key", "--generator", "password:40"]) == 0
    )
    stat = world.repo.git("diff", "--stat")
    assert "secrets.enc.yaml" in stat
    assert "1 file changed, 3 insertions(+), 3 deletions(-)" in stat


def test_dry_run_says_it_all_and_changes_nothing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    state = world.state()
    assert main(["rotate", world.secret, "api_key", "--dry-run"]) == 0
    assert world.state() == state
    out = capsys.readouterr().out
    assert "would rotate" in out
    assert "pin 1 → 2" in out
    assert "nothing was changed" in out


def test_value_from_standard_input(world: World) -> None:
    command = [sys.executable, "-m", "sealward", "rotate", world.secret, "api_key", "--value-stdin"]
    done = subprocess.run(
        command, input=b"from-the-exchange\n", cwd=world.repo.path, capture_output=True, check=True
    )
    assert world.bao.get("bot/binance")["api_key"] == "from-the-exchange"
    assert b"from-the-exchange" not in done.stdout + done.stderr


def test_only_the_named_file(world: World) -> None:
    assert main(["rotate", world.secret, "api_key", "--file", "sub/second.enc.json"]) == 0
    assert "#1" in world.opened("secrets.enc.yaml")
    assert "version=2" in world.opened("sub/second.enc.json", "json")


def test_the_rotator_policy_is_enough_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mount = world.bao.mount
    token = world.bao.token(
        f'path "{mount}/data/bot/binance" {{ capabilities = ["read", "patch"] }}\n'
        f'path "{mount}/metadata/bot/binance" {{ capabilities = ["read", "patch"] }}\n'
    )
    monkeypatch.setenv("VAULT_TOKEN", token)
    assert main(["rotate", world.secret, "api_key"]) == 0
    world.repo.git("commit", "-am", "rotated")
    assert main(["rotate", f"{mount}/bot/kraken", "api_key"]) == 2


def _no_sops(world: World, patch: pytest.MonkeyPatch) -> None:
    from sealward.errors import SealwardError

    def missing() -> str:
        raise SealwardError("there is no sops program on PATH", "install it")

    patch.setattr(sops_program, "find", missing)


def _no_identity(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.delenv("SOPS_AGE_KEY_FILE")


def _other_identity(world: World, patch: pytest.MonkeyPatch) -> None:
    from tests.support.sops import new_identity

    _, file = new_identity(world.repo.path.parent, "other.txt")
    patch.setenv("SOPS_AGE_KEY_FILE", str(file))


def _unreachable(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("VAULT_ADDR", "http://127.0.0.1:9")


def _wrong_token(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("VAULT_TOKEN", "wrong")


def _no_token(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.delenv("VAULT_TOKEN")


def _read_only_token(world: World, patch: pytest.MonkeyPatch) -> None:
    mount = world.bao.mount
    patch.setenv(
        "VAULT_TOKEN",
        world.bao.token(
            f'path "{mount}/*" {{ capabilities = ["read"] }}\n'
            'path "sys/capabilities-self" { capabilities = ["update"] }'
        ),
    )


def _dirty(world: World, patch: pytest.MonkeyPatch) -> None:
    file = world.repo.path / "sub/second.enc.json"
    file.write_bytes(file.read_bytes() + b"\n")


def _broken(world: World, patch: pytest.MonkeyPatch) -> None:
    text = (world.repo.path / "secrets.enc.yaml").read_text()
    world.repo.commit({"secrets.enc.yaml": text.replace("sops:", "sops: [")})


def _tampered(world: World, patch: pytest.MonkeyPatch) -> None:
    text = (world.repo.path / "secrets.enc.yaml").read_text().splitlines(keepends=True)
    world.repo.commit({"secrets.enc.yaml": "".join(["environment: staging\n", *text[1:]])})


def _one_version(world: World, patch: pytest.MonkeyPatch) -> None:
    world.bao.client.post(f"{world.bao.mount}/metadata/bot/binance", max_versions=1)


def _no_repository(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.chdir(world.repo.path.parent)


def _nothing(world: World, patch: pytest.MonkeyPatch) -> None:
    pass


SECRET = "{mount}/bot/binance"


@pytest.mark.parametrize(
    ("spoil", "arguments", "words"),
    [
        (_no_sops, [SECRET, "api_key"], "no sops program"),
        (_no_identity, [SECRET, "api_key"], "secrets.enc.yaml: there is no age identity"),
        (_other_identity, [SECRET, "api_key"], "secrets.enc.yaml: no identity at hand opens it"),
        (_unreachable, [SECRET, "api_key"], "http://127.0.0.1:9 is unreachable"),
        (_wrong_token, [SECRET, "api_key"], "token is missing, wrong or expired"),
        (_no_token, [SECRET, "api_key"], "no Vault token"),
        (_read_only_token, [SECRET, "api_key"], "the token may not write {mount}/data/bot/binance"),
        (
            _nothing,
            ["{mount}/bot/nothing", "api_key"],
            "no sealed file refers to {mount}/bot/nothing#api_key",
        ),
        (_nothing, [SECRET, "nothing"], "no sealed file refers to {mount}/bot/binance#nothing"),
        (_nothing, ["nonsense", "api_key"], "is not the path of a secret"),
        (_nothing, [SECRET, "api_key", "--generator", "hex:1"], "hex:1 is too short"),
        (_nothing, [SECRET, "api_key", "--generator", "magic"], "no generator is called 'magic'"),
        (_nothing, [SECRET, "api_key", "--file", "README"], "README is not sealed"),
        (_nothing, [SECRET, "api_key", "--file", "gone.yaml"], "gone.yaml: No such file"),
        (_dirty, [SECRET, "api_key"], "sub/second.enc.json has uncommitted changes"),
        (_broken, [SECRET, "api_key", "--file", "secrets.enc.yaml"], "secrets.enc.yaml: not valid YAML"),
        (_tampered, [SECRET, "api_key"], "secrets.enc.yaml: its MAC or a value is not authentic"),
        (_one_version, [SECRET, "api_key"], "keeps one version only"),
        (_no_repository, [SECRET, "api_key"], "not inside a git repository"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else None,
)
def test_bad_input(
    spoil: Callable[[World, pytest.MonkeyPatch], None],
    arguments: list[str],
    words: str,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil(world, monkeypatch)
    state = world.state()
    assert main(["rotate", *(text.format(mount=world.bao.mount) for text in arguments)]) == 2
    told = capsys.readouterr()
    assert words.format(mount=world.bao.mount) in told.err
    assert told.err.count("\n") == 1
    assert "; " in told.err, "a way out follows"
    assert told.out == ""
    assert world.state() == state


def test_a_sealed_server(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sealward.demo.bao_server import dev_server
    from sealward.vault.connection import connect

    with dev_server() as server:
        monkeypatch.setenv("VAULT_ADDR", server.address)
        monkeypatch.setenv("VAULT_TOKEN", server.root_token)
        connect().post("sys/seal")
        assert main(["rotate", world.secret, "api_key"]) == 2
    assert "is sealed; unseal it" in capsys.readouterr().err
    assert world.repo.git("status", "--porcelain") == ""


def test_a_key_that_is_not_in_vault(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.bao.client.post(f"{world.bao.mount}/data/bot/binance", data={"other": "x"})
    state = world.state()
    assert main(["rotate", world.secret, "api_key"]) == 2
    assert f"{world.secret} has no key 'api_key' in Vault; it has: other" in capsys.readouterr().err
    assert world.state() == state


def test_a_secret_that_is_not_in_vault(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.bao.client.transport.request("delete", f"{world.bao.mount}/metadata/bot/binance")
    assert main(["rotate", world.secret, "api_key"]) == 2
    assert f"Vault has no secret {world.secret}" in capsys.readouterr().err
    assert world.repo.git("status", "--porcelain") == ""


def test_the_sealed_files_are_still_good(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    next_second()
    assert main(["rotate", world.secret, "api_key"]) == 0
    capsys.readouterr()
    assert main(["check", "--all", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    assert parse("a.yaml", (world.repo.path / "secrets.enc.yaml").read_bytes()).problems == ()


@pytest.mark.parametrize("how", ["sparse checkout", "deletion"])
def test_a_file_that_is_not_in_the_work_tree_is_not_forgotten(
    world: World, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It pins the secret in what git has: a rotation that passed it over would leave the old pin there."""
    if how == "deletion":
        (world.repo.path / "sub/second.enc.json").unlink()
    else:
        world.repo.git("sparse-checkout", "set", "--cone", "elsewhere")
    state = world.state()
    assert main(["rotate", world.secret, "api_key"]) == 2
    error = capsys.readouterr().err
    assert "sub/second.enc.json: is tracked, but not in the work tree" in error
    assert error.count("\n") == 1
    assert world.state() == state
    assert main(["rotate", f"{world.bao.mount}/bot/kraken", "api_key"]) == 0, "no file of this one is missing"


@pytest.mark.parametrize("command", [["status", "--offline"], ["reencrypt", "--data-key", "--dry-run"]])
def test_what_a_sparse_checkout_leaves_out_is_looked_at(
    world: World, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    world.repo.git("sparse-checkout", "set", "--cone", "elsewhere")
    assert main(command) == 0
    assert "sub/second.enc.json" in capsys.readouterr().out


def test_a_reencryption_of_what_is_not_in_the_work_tree_is_refused(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.repo.git("sparse-checkout", "set", "--cone", "elsewhere")
    state = world.state()
    assert main(["reencrypt", "--data-key"]) == 2
    assert "sub/second.enc.json: is tracked, but not in the work tree" in capsys.readouterr().err
    assert world.state() == state
