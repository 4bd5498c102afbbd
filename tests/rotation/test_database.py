"""Database logins on a real PostgreSQL server: their TTL, their end, and static roles that rotate."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.references.syntax import parse as parse_reference
from sealward.rotation.values import engines
from sealward.rotation.values.generators import parse
from sealward.status.ledger import Ledger
from sealward.status.standing import Standing
from tests.support.postgres import VAULT_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.openbao import Bao
    from tests.support.postgres import Postgres
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

pytestmark = pytest.mark.slow

CREATE = "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';"
HOUR = 3600


@pytest.fixture
def mount(bao: Bao, postgres: Postgres) -> str:
    """A database engine that is connected to the server, with no role yet."""
    mount = f"database-{bao.mount}"
    bao.client.post(f"sys/mounts/{mount}", type="database")
    bao.client.post(
        f"{mount}/config/pg", plugin_name="postgresql-database-plugin", allowed_roles="*",
        connection_url=postgres.url, username="vault", password=VAULT_PASSWORD,
        password_authentication="scram-sha-256",
    )  # fmt: skip
    return mount


def role(bao: Bao, mount: str, **ttl: str) -> None:
    bao.client.post(f"{mount}/roles/bot", db_name="pg", creation_statements=[CREATE], **ttl)


def standing(bao: Bao, text: str, **policy: int) -> Standing:
    """How a reference stands under a policy, asked of the server."""
    reference = parse_reference(text)
    assert reference is not None
    blank = Standing("a.enc.yaml", 1, "db", time.time(), **policy)  # type: ignore[arg-type]
    return Ledger(bao.client).enter(blank, reference)


def eventually(happens: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happens():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.parametrize(("ttl", "state"), [("1h", "ok"), ("2h", "ttl")])
def test_a_ttl_above_the_limit_is_flagged(bao: Bao, mount: str, ttl: str, state: str) -> None:
    role(bao, mount, default_ttl=ttl, max_ttl=ttl)
    one = standing(bao, f"vault:{mount}/creds/bot#username", limit=HOUR)
    assert (one.state, one.overdue) == (state, state == "ttl")


def test_a_dynamic_login_works_and_ends_with_its_lease(bao: Bao, mount: str, postgres: Postgres) -> None:
    role(bao, mount, default_ttl="3s", max_ttl="3s")
    login = bao.client.get(f"{mount}/creds/bot")
    assert postgres.may_log_in(login["username"], login["password"])
    assert not postgres.may_log_in(login["username"], "wrong")
    assert eventually(lambda: not postgres.may_log_in(login["username"], login["password"]))
    assert eventually(lambda: not exists(postgres, login["username"]))


def exists(postgres: Postgres, user: str) -> bool:
    return "1" in postgres.run(f"SELECT 1 FROM pg_roles WHERE rolname = '{user}'").stdout


def test_a_static_role_rotates(bao: Bao, mount: str, postgres: Postgres) -> None:
    user = f"static_{bao.mount}"
    assert postgres.run(f"CREATE ROLE {user} LOGIN PASSWORD 'first'").returncode == 0
    bao.client.post(f"{mount}/static-roles/bot", db_name="pg", username=user, rotation_period="30d")
    before = bao.client.get(f"{mount}/static-creds/bot")["password"]
    assert postgres.may_log_in(user, before)
    text = f"vault:{mount}/static-creds/bot#password"
    old = standing(bao, text, every=30 * 24 * HOUR)
    assert (old.state, old.source) == ("ok", "vault")

    time.sleep(1.1)  # `last_vault_rotation` is compared by the second
    engines.rotate(parse("rotate-role"), mount, "static-creds/bot", bao.client)
    after = bao.client.get(f"{mount}/static-creds/bot")["password"]
    assert after != before
    assert postgres.may_log_in(user, after)
    assert not postgres.may_log_in(user, before)
    new = standing(bao, text, every=30 * 24 * HOUR)
    assert old.created is not None
    assert new.created is not None
    assert new.created > old.created


def test_the_engines_own_login_rotates(bao: Bao, mount: str, postgres: Postgres) -> None:
    admin = f"admin_{bao.mount}"
    postgres.run(f"CREATE ROLE {admin} SUPERUSER LOGIN PASSWORD 'first'")
    bao.client.post(
        f"{mount}/config/own", plugin_name="postgresql-database-plugin", allowed_roles="*",
        connection_url=postgres.url, username=admin, password="first",
    )  # fmt: skip
    assert postgres.may_log_in(admin, "first")
    engines.rotate(parse("rotate-root"), mount, "config/own", bao.client)
    assert not postgres.may_log_in(admin, "first")
    bao.client.post(f"{mount}/roles/own", db_name="own", creation_statements=[CREATE], default_ttl="1m")
    login = bao.client.get(f"{mount}/creds/own")
    assert postgres.may_log_in(login["username"], login["password"])


def test_rotate_asks_the_engine(
    bao: Bao, mount: str, postgres: Postgres, repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A policy with `rotate-role`: nothing is pinned, the engine renews the login when it is asked."""
    user = f"asked_{bao.mount}"
    assert postgres.run(f"CREATE ROLE {user} LOGIN PASSWORD 'first'").returncode == 0
    bao.client.post(f"{mount}/static-roles/bot", db_name="pg", username=user, rotation_period="30d")
    text = f"password: vault:{mount}/static-creds/bot#password\n"
    policy = (
        f"policies:\n  pg:\n    paths: [{mount}/static-creds/*]\n    every: 30d\n    generator: rotate-role\n"
    )
    files: dict[str, str | bytes] = {
        ".sops.yaml": sealer.rules(),
        "s.enc.yaml": sealer.seal("s.enc.yaml", text),
        "vault/rotation.yaml": policy,
    }
    repo.commit(files)
    before = bao.client.get(f"{mount}/static-creds/bot")["password"]
    assert main(["rotate", "--due", "--yes"]) == 0
    assert "nothing is due" in capsys.readouterr().out
    assert main(["rotate", "--policy", "pg", "--dry-run"]) == 0
    assert f"would ask the engine to renew {mount}/static-creds/bot" in capsys.readouterr().out
    assert bao.client.get(f"{mount}/static-creds/bot")["password"] == before
    assert main(["rotate", "--policy", "pg", "--yes"]) == 0
    assert bao.client.get(f"{mount}/static-creds/bot")["password"] != before
    assert before not in capsys.readouterr().out
    assert repo.git("status", "--porcelain") == ""
