"""References of a real repository against a real server, and against git alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.plaintext import Plaintext
from sealward.rotation.policy.policy import find as find_policies
from sealward.sops.reading.identities import find as find_identities
from sealward.status.ledger import Ledger
from sealward.status.survey import Surroundings, Survey, survey
from tests.support.openbao import database

if TYPE_CHECKING:
    from sealward.status.standing import Standing
    from sealward.vault.client import Client
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

DAY = 86400
TEXT = """\
environment: production
exchanges:
    binance:
        api_key: vault:{mount}/data/bot/binance#api_key#1
        free: vault:{mount}/data/bot/binance#api_key
    kraken:
        api_key: vault:{mount}/data/bot/kraken#api_key#1
dsn: postgres://${{vault:{mount}/data/bot/binance#api_key#1}}@db
wallet: vault:{mount}/data/bot/wallet#key#1
alerts: ref+vault://{mount}/alerts/slack?version=1#/webhook
database: vault:db-{mount}/creds/bot#username
"""
POLICY = """\
policies:
  trading:
    paths: ["{mount}/bot/binance", "{mount}/bot/kraken"]
    every: 7d
    files: ["*.enc.yaml#exchanges.*.api_key"]
  alerts:
    paths: ["{mount}/alerts/*"]
    every: 30d
  database:
    paths: ["db-*/creds/*"]
    max_ttl: 1h
"""


class World:
    """A repository whose file was committed ten days ago, and the server with its secrets of today."""

    def __init__(self, repo: Repo, sealer: Sealer, bao: Bao, patch: pytest.MonkeyPatch) -> None:
        self.repo, self.bao, self.sealer = repo, bao, sealer
        self.now = time.time()
        for path in ("bot/binance", "bot/kraken", "bot/wallet", "alerts/slack"):
            bao.put(path, api_key="k", key="k", webhook="w")
        patch.setenv("GIT_AUTHOR_DATE", f"@{int(self.now - 10 * DAY)} +0000")
        repo.commit(
            {
                ".sops.yaml": sealer.rules(),
                "vault/rotation.yaml": POLICY.format(mount=bao.mount),
                "secrets.enc.yaml": sealer.seal("secrets.enc.yaml", TEXT.format(mount=bao.mount)),
                "README.md": "how a sealed file looks: ENC[AES256_GCM,data:…] under sops:",
            }
        )

    def look(self, days: float = 0, client: Client | None = None, server: bool = True) -> Survey:
        """The survey as it will be in some days."""
        ledger = Ledger(client or self.bao.client) if server else None
        with Repository.around() as repository:
            return survey(
                Surroundings(
                    repository,
                    find_policies(repository.top),
                    find_identities(),
                    ledger,
                    self.now + days * DAY,
                )
            )

    def states(self, days: float = 0, server: bool = True) -> dict[str, str]:
        return {one.key_path: one.state for one in self.look(days, server=server).standings}

    def one(self, key_path: str, days: float = 0, client: Client | None = None) -> Standing:
        return next(one for one in self.look(days, client).standings if one.key_path == key_path)


@pytest.fixture
def world(repo: Repo, sealer: Sealer, bao: Bao, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(repo, sealer, bao, monkeypatch)


def test_every_reference_with_its_place(world: World) -> None:
    found = world.look().standings
    assert [(one.key_path, one.line) for one in found] == [
        ("exchanges.binance.api_key", 4),
        ("exchanges.binance.free", 5),
        ("exchanges.kraken.api_key", 7),
        ("dsn", 8),
        ("wallet", 9),
        ("alerts", 10),
        ("database", 11),
    ]
    assert found[0].secret == f"{world.bao.mount}/bot/binance"
    assert (found[0].pinned, found[0].latest, found[0].source) == (1, 1, "vault")
    assert found[1].pinned is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, ("ok", "ok")),
        (6, ("soon", "ok")),
        (7.1, ("due", "ok")),
        (25, ("due", "soon")),
        (31, ("due", "due")),
    ],
)
def test_ages_are_those_of_the_server(world: World, days: float, expected: tuple[str, str]) -> None:
    states = world.states(days)
    assert (states["exchanges.binance.api_key"], states["alerts"]) == expected
    assert states["dsn"] == states["exchanges.binance.free"] == expected[0]
    assert states["wallet"] == "unmanaged"


def test_without_a_server_the_lines_age_in_git(world: World) -> None:
    assert world.states(server=False) == {
        "exchanges.binance.api_key": "due",
        "exchanges.binance.free": "due",
        "exchanges.kraken.api_key": "due",
        "dsn": "due",
        "wallet": "unmanaged",
        "alerts": "ok",
        "database": "unknown",
    }


def test_a_repinned_line_is_young_again_and_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from sealward.sops import program

    file = world.repo.path / "secrets.enc.yaml"
    text = f"vault:{world.bao.mount}/data/bot/binance#api_key#2".encode()
    path = ("exchanges", "binance", "api_key")
    data = program.set_value("secrets.enc.yaml", file.read_bytes(), path, Plaintext(text))
    monkeypatch.setenv("GIT_AUTHOR_DATE", f"@{int(world.now - DAY)} +0000")
    world.repo.commit({"secrets.enc.yaml": data})
    states = world.states(server=False)
    assert states["exchanges.binance.api_key"] == "ok"
    assert states["exchanges.kraken.api_key"] == "due"


def test_without_a_key_the_policy_says_where_to_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    for server in (True, False):
        found = world.look(server=server)
        assert {one.key_path: one.state for one in found.standings} == {
            "exchanges.binance.api_key": "due",
            "exchanges.kraken.api_key": "due",
        }
        assert found.closed == ("secrets.enc.yaml",)
        assert found.unseen == ("alerts",)
        assert found.standings[0].secret == ""


def test_drift_and_the_age_of_what_is_pinned(world: World) -> None:
    world.bao.put("bot/kraken", api_key="new")
    one = world.one("exchanges.kraken.api_key")
    assert (one.pinned, one.latest, one.drifted) == (1, 2, True)
    assert not world.one("exchanges.binance.api_key").drifted


def test_a_version_that_cannot_be_read_any_more(world: World) -> None:
    mount = world.bao.mount
    world.bao.client.post(f"{mount}/delete/bot/kraken", versions=[1])
    one = world.one("exchanges.kraken.api_key", days=0.01)  # the clock of the world stands still
    assert (one.state, one.note) == ("gone", "version 1 is deleted")
    for _ in range(11):
        world.bao.put("bot/binance", api_key="new")
    assert world.one("dsn").note == "version 1 is not in Vault"
    world.bao.client.transport.request("delete", f"{mount}/metadata/bot/wallet")
    assert world.one("wallet").state == "gone"
    assert "no secret" in world.one("wallet").note


def test_a_version_about_to_vanish(world: World) -> None:
    for _ in range(8):
        world.bao.put("bot/binance", api_key="new")
    assert world.one("dsn").note == ""
    world.bao.put("bot/binance", api_key="new")
    assert world.one("dsn").note == "the next version pushes this one out"


def test_what_a_token_may_not_see_is_aged_by_git(world: World) -> None:
    mount = world.bao.mount
    allowed = f'path "{mount}/metadata/bot/binance" {{ capabilities = ["read"] }}'
    client = world.bao.login(world.bao.token(allowed))
    assert world.one("exchanges.binance.api_key", client=client).source == "vault"
    one = world.one("exchanges.kraken.api_key", client=client)
    assert (one.source, one.state) == ("git", "due")
    assert "the token may not" in one.note


def test_a_wrong_token_ends_it(world: World) -> None:
    with pytest.raises(SealwardError, match="token is missing, wrong or expired"):
        world.look(client=world.bao.login("wrong"))


@pytest.mark.parametrize(("ttl", "state"), [("1h", "ok"), ("2h", "ttl")])
def test_the_ttl_of_a_role_against_the_limit(world: World, ttl: str, state: str) -> None:
    mount = f"db-{world.bao.mount}"
    database(world.bao, mount)
    world.bao.client.post(
        f"{mount}/roles/bot", db_name="pg", creation_statements=["SELECT 1"], default_ttl=ttl
    )
    one = world.one("database")
    assert (one.state, one.dynamic) == (state, True)


def test_a_policy_that_wants_pins(world: World) -> None:
    text = POLICY.format(mount=world.bao.mount).replace("    every: 7d\n", "    every: 7d\n    pins: true\n")
    world.repo.write({"vault/rotation.yaml": text})
    assert world.one("exchanges.binance.free").note == "has no pin"
    assert world.one("exchanges.binance.api_key").note == ""


def test_an_unfinished_rotation_is_named(world: World) -> None:
    from sealward.rotation import journal

    client, mount = world.bao.client, world.bao.mount
    journal.begin(client, mount, "bot/kraken", journal.Rotation("id", 2, ("api_key",), 1))
    client.write(mount, "bot/kraken", {"api_key": Plaintext(b"new")}, 1)
    assert "unfinished" in world.one("exchanges.kraken.api_key").note
    journal.reject(client, mount, "bot/kraken", journal.Rotation("id", 2, ("api_key",), 1), ["id"])
    assert world.one("exchanges.kraken.api_key").note == "version 2 failed its verification"


def test_an_old_value_that_is_to_be_retired_is_named(world: World) -> None:
    from sealward.rotation.retirement import notes

    world.bao.client.annotate(world.bao.mount, "bot/kraken", notes.note(1, ["api_key"], 3600.0))
    assert world.one("exchanges.kraken.api_key").note == "version 1 is to be retired"
