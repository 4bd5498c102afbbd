"""One element that cannot be done ends nothing but itself: secrets, files, engines, each named with its reason."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from pyrage import x25519

from sealward.cli import main
from tests.support.openbao import database
from tests.support.rotations import NAMES, POLICY, Trio
from tests.support.sops import Sealer

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo

BAD = {
    "gone": "Vault has no secret",
    "hidden": "may not write",
    "keyless": "has no key 'key' in Vault",
    "deleted": "version 2 of",
    "thin": "keeps one version only",
    "dirty": "has uncommitted changes",
    "odd": "`sops set` cannot name",
}
"""Secrets that cannot be planned, and what is said of each."""


@pytest.fixture
def trio(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    return Trio(repo, sealer, bao)


@pytest.fixture
def bad(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> Trio:
    """The three, and one secret of each kind that cannot be planned."""
    bao, where = trio.bao, f"vault:{trio.bao.mount}/data/bot"
    for name in BAD.keys() - {"gone"}:
        bao.put(f"bot/{name}", **{"other" if name == "keyless" else "key": "first"})
    bao.put("bot/deleted", key="second")
    bao.client.post(f"{bao.mount}/delete/bot/deleted", versions=[2])
    bao.client.post(f"{bao.mount}/metadata/bot/thin", max_versions=1)
    files: dict[str, str | bytes] = {}
    for name in BAD:
        key = "'[0]'" if name == "odd" else name
        files[f"{name}.enc.yaml"] = trio.sealer.seal(f"{name}.enc.yaml", f"{key}: {where}/{name}#key#1\n")
    trio.repo.commit(files)
    trio.repo.write(
        {"dirty.enc.yaml": trio.sealer.seal("dirty.enc.yaml", f"dirty: {where}/dirty#key#1\nmine: 1\n")}
    )
    monkeypatch.setenv(
        "VAULT_TOKEN",
        bao.token(
            f'path "{bao.mount}/*" {{ capabilities = ["read", "patch", "update"] }}\n'
            f'path "{bao.mount}/data/bot/hidden" {{ capabilities = ["read"] }}\n'
            'path "sys/capabilities-self" { capabilities = ["update"] }'
        ),
    )
    return trio


def later() -> float:
    return time.time() + 8 * 86400


@pytest.mark.parametrize("which", ["--all", "--due"])
def test_what_cannot_be_planned_is_named_and_the_rest_goes_on(
    bad: Trio, which: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rotate", which, "--dry-run"], now=later) == 2
    told = capsys.readouterr()
    assert told.out.count("would rotate") == 3
    assert told.err.count(" would not be rotated: ") == len(BAD)
    assert main(["rotate", which, "--yes", "--commit", "--format", "json"], now=later) == 2
    said = json.loads(capsys.readouterr().out)
    assert [one["secret"] for one in said["rotated"]] == sorted(f"{bad.bao.mount}/bot/{one}" for one in NAMES)
    failed = {one["secret"].rpartition("/")[2]: one["error"] for one in said["failed"]}
    assert failed.keys() == BAD.keys()
    assert {name for name, words in BAD.items() if words not in failed[name]} == set()
    assert {bad.pins()[name] == {2} for name in NAMES} == {True}
    assert {max(bad.pins()[name]) for name in BAD} == {1}
    assert bad.repo.git("log", "-1", "--format=%s") == "Rotate 3 secrets\n"


def test_a_copy_that_cannot_be_made_in_one_file_is_not_made_in_the_others(bad: Trio, sealer: Sealer) -> None:
    """The secret stands in two files, one of which sops cannot set it in; beside it there are others."""
    where = f"vault:{bad.bao.mount}/data/bot"
    text = f"odd: {where}/odd#key#1\none: {where}/one#key#1\n"
    bad.repo.commit({"both.enc.yaml": sealer.seal("both.enc.yaml", text)})
    assert main(["rotate", "--all", "--yes"]) == 2
    assert (bad.pins()["odd"], bad.pins()["one"]) == ({1}, {2})


def test_a_secret_that_was_named_fails_in_one_line(bad: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rotate", f"{bad.bao.mount}/bot/keyless", "key"]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)


OTHERS = str(x25519.Identity.generate().to_public())


@pytest.mark.parametrize(
    ("text", "files", "held"),
    [
        ("x: vault:{mount}/data/bot/two#key#1", "", NAMES),
        ("x: short", "", ()),
        ("x: true\ny: 12345678901234", "", ()),
        ("x: vault:{mount}/data/bot/two#key#1", "    files: [a.enc.yaml, b.enc.yaml]\n", ()),
        ("x: vault:{mount}/data/bot/two#key#1", '    files: ["*.enc.yaml#x"]\n', NAMES),
    ],
)
def test_a_file_for_other_recipients_holds_back_what_it_might_pin(
    trio: Trio, text: str, files: str, held: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """By the length of its values, and by the policy's word on where references stand."""
    stranger = Sealer(OTHERS).seal("c.enc.yaml", text.format(mount=trio.bao.mount) + "\n")
    policy = POLICY.format(mount=trio.bao.mount) + files
    trio.repo.commit({"c.enc.yaml": stranger, "vault/rotation.yaml": policy})
    assert main(["rotate", "--all", "--yes"]) == (2 if held else 0)
    told = capsys.readouterr()
    assert told.err.count("c.enc.yaml may pin it, and cannot be opened") == len(held)
    assert trio.versions() == {name: 1 if name in held else 2 for name in NAMES}


def test_a_damaged_file_holds_back_what_it_might_pin(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    where = f"vault:{trio.bao.mount}/data/bot"
    sealed = trio.sealer.seal("c.enc.yaml", f"one: {where}/one#key#1\nlist: ok\n").decode()
    trio.repo.commit({"c.enc.yaml": sealed.replace("list:", "changed:")})
    assert main(["rotate", "--all", "--yes"]) == 2
    told = capsys.readouterr().err
    assert (
        told.count("c.enc.yaml may pin it, and cannot be opened: c.enc.yaml: its MAC or a value is not") == 3
    )


def engine(trio: Trio, monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    """A database engine with static roles that no database stands behind: a request to rotate one is noted;
    for ``bad`` it is refused, as an engine would."""
    from sealward.vault.client import Client
    from sealward.vault.transport import VaultError

    mount = f"database-{trio.bao.mount}"
    database(trio.bao, mount)
    asked: list[str] = []
    real_get, real_post = Client.get, Client.post

    def get(self: Client, path: str, **parameters: object) -> dict[str, object]:
        kind, _, name = path.removeprefix(f"{mount}/").partition("/")
        if kind == "static-roles" and name in names:
            return {"last_vault_rotation": "2020-01-01T00:00:00Z"}
        return real_get(self, path, **parameters)

    def post(self: Client, path: str, **body: object) -> None:
        if "/rotate-r" not in path:
            return real_post(self, path, **body)
        asked.append(path.removeprefix(f"{mount}/"))
        if path.endswith("/bad"):
            raise VaultError(f"Vault refuses {path}: no such database", "see why", 400)
        return None

    monkeypatch.setattr(Client, "get", get)
    monkeypatch.setattr(Client, "post", post)
    lines = "free: text\n" + "".join(
        f"{name}: vault:{mount}/static-creds/{name}#password\n" for name in names
    )
    policy = POLICY.format(mount=trio.bao.mount) + (
        f"  roles:\n    paths: [{mount}/static-creds/*]\n    every: 30d\n    generator: rotate-role\n"
        f"  root:\n    paths: [{mount}/config/pg]\n    every: 30d\n    generator: rotate-root\n"
    )
    trio.repo.commit({"db.enc.yaml": trio.sealer.seal("db.enc.yaml", lines), "vault/rotation.yaml": policy})
    return asked


def test_an_engine_that_fails_ends_neither_the_other_ones_nor_the_secrets(
    trio: Trio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = engine(trio, monkeypatch, "app", "bad", "last")
    arguments = ["rotate", "--due", "--yes", "--commit"]
    assert main([*arguments, "--dry-run", "--format", "json"], now=later) == 0
    assert len(json.loads(capsys.readouterr().out)["renewed"]) == 4
    assert asked == []
    assert main(arguments, now=later) == 2
    told = capsys.readouterr()
    assert asked == ["rotate-role/app", "rotate-role/bad", "rotate-role/last", "rotate-root/pg"]
    assert told.out.count("rotated kv") == 3
    assert told.out.count("asked the engine to renew") == 3
    assert "static-creds/bad was not renewed: Vault refuses" in told.err
    assert trio.versions() == dict.fromkeys(NAMES, 2)


def test_a_role_that_is_not_there_fails_alone(
    trio: Trio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = engine(trio, monkeypatch, "app")
    mount = f"database-{trio.bao.mount}"
    text = f"x: vault:{mount}/static-creds/missing#password\n"
    trio.repo.commit({"c.enc.yaml": trio.sealer.seal("c.enc.yaml", text)})
    assert main(["rotate", "--due", "--yes"], now=later) == 2
    assert f"Vault has nothing at {mount}/static-roles/missing" in capsys.readouterr().err
    assert asked == ["rotate-role/app", "rotate-root/pg"]
    assert trio.versions() == dict.fromkeys(NAMES, 2)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("config/pg", ["rotate-root/pg"]),
        ("config/*", ["rotate-root/pg"]),
        ("config/q*", []),
        ("config/nothing", None),
    ],
)
def test_the_engines_own_login_is_named_by_its_path_alone(
    trio: Trio,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    wanted: list[str] | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No reference to it can be written: nobody but the engine knows it."""
    asked = engine(trio, monkeypatch)
    policy = f"policies:\n  root:\n    paths: [database-{trio.bao.mount}/{path}]\n    every: 30d\n    generator: rotate-root\n"
    trio.repo.commit({"vault/rotation.yaml": policy})
    assert main(["rotate", "--policy", "root", "--yes"]) == (2 if wanted is None else 0)
    assert asked == (wanted or [])
    told = capsys.readouterr()
    assert ("nothing is due" in told.out) == (wanted == [])
    assert ("Vault has nothing at" in told.err) == (wanted is None)
