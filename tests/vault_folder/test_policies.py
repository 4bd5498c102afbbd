"""The policies of vault/, loaded into a real server: what each token may do, and what it may not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sealward.rotation.policy import policy
from sealward.vault.transport import VaultError
from tests.support.rotations import under_way

if TYPE_CHECKING:
    from sealward.vault.client import Client
    from tests.support.openbao import Bao

TOP = Path(__file__).parents[2]
FOLDER = TOP / "vault"
SECRETS = (
    "bot/binance",
    "bot/kraken",
    "bot/wallet",
    "alerts/slack",
    "alerts/pager",
    "alerts/deep/er",
    "other/x",
)
MERGE = {"Content-Type": "application/merge-patch+json"}

READ = [f"secret/data/{path}" for path in SECRETS]
METADATA = [f"secret/metadata/{path}" for path in SECRETS]
ROTATED = {"bot/binance", "bot/kraken", "alerts/slack", "alerts/pager"}


@pytest.fixture
def world(bao: Bao) -> Bao:
    """The server with the secrets of this repository's story under ``secret/``."""
    bao.mount = "secret"
    for path in SECRETS:
        bao.put(path, api_key="old", webhook="old")
    return bao


def login(bao: Bao, name: str) -> Client:
    return bao.login(bao.token((FOLDER / f"{name}.hcl").read_text()))


def may(client: Client, method: str, path: str, body: dict[str, Any] | None = None) -> bool:
    """Whether the server lets this token do it; a 404 is an answer, too."""
    options: dict[str, Any] = {"json": body} if body is not None else {}
    if method == "patch":
        options["headers"] = dict(MERGE)
    try:
        client.transport.request(method, path, **options)
    except VaultError as error:
        if error.status not in (403, 404, 405):
            raise
        return error.status != 403
    return True


def patch(client: Client, path: str) -> bool:
    return may(client, "patch", f"secret/data/{path}", {"data": {"api_key": "new"}})


def note(client: Client, path: str, **body: Any) -> bool:
    return may(client, "patch", f"secret/metadata/{path}", body)


def test_the_bot_reads_its_own_and_nothing_else(world: Bao) -> None:
    bot = login(world, "bot")
    readable = {path for path in SECRETS if may(bot, "get", f"secret/data/{path}")}
    assert readable == {"bot/binance", "bot/kraken", "bot/wallet"}
    assert may(bot, "get", "database/creds/bot")
    assert not may(bot, "get", "database/creds/admin")


def test_the_bot_writes_nothing(world: Bao) -> None:
    bot = login(world, "bot")
    for path in SECRETS:
        assert not patch(bot, path)
        assert not may(bot, "post", f"secret/data/{path}", {"data": {}})
        assert not may(bot, "get", f"secret/metadata/{path}")
        assert not may(bot, "delete", f"secret/data/{path}")
    assert not may(bot, "list", "secret/metadata/bot")


def test_the_rotator_renews_just_what_the_policy_names(world: Bao) -> None:
    rotator = login(world, "rotator")
    policies = policy.find(TOP)
    named = {
        path for path in SECRETS if (found := policies.for_secret("secret", path)) and found.every is not None
    }
    assert named == ROTATED
    for path in SECRETS:
        assert may(rotator, "get", f"secret/data/{path}") == (path in named)
        assert may(rotator, "get", f"secret/metadata/{path}") == (path in named)
        assert patch(rotator, path) == (path in named)
        assert note(rotator, path, custom_metadata={"sealward-rotation": "x"}) == (path in named)


def test_the_rotator_cannot_lose_a_version(world: Bao) -> None:
    rotator = login(world, "rotator")
    for path in SECRETS:
        assert not may(rotator, "delete", f"secret/data/{path}")
        assert not may(rotator, "delete", f"secret/metadata/{path}")
        assert not may(rotator, "post", f"secret/delete/{path}", {"versions": [1]})
        assert not may(rotator, "put", f"secret/destroy/{path}", {"versions": [1]})
        assert not may(rotator, "post", f"secret/data/{path}", {"data": {"api_key": "alone"}})
        assert not note(rotator, path, max_versions=1)
        assert not note(rotator, path, delete_version_after="1s")
        assert not note(rotator, path, custom_metadata={}, max_versions=1)
    assert not may(rotator, "post", "secret/config", {"max_versions": 1})
    assert not may(rotator, "list", "secret/metadata/bot")


def test_the_rotator_draws_no_database_login(world: Bao) -> None:
    rotator = login(world, "rotator")
    assert may(rotator, "get", "database/roles/bot")
    assert not may(rotator, "get", "database/creds/bot")
    assert not may(rotator, "post", "database/roles/bot", {"default_ttl": "9h"})


def test_the_rotator_uses_the_client_as_a_rotation_does(world: Bao) -> None:
    from sealward.plaintext import Plaintext

    rotator = login(world, "rotator")
    current = rotator.metadata("secret", "bot/binance").current
    assert rotator.capabilities(["secret/data/bot/binance"])["secret/data/bot/binance"] == {"read", "patch"}
    assert rotator.get("secret/config")["max_versions"] == 0
    rotator.annotate("secret", "bot/binance", {"sealward-rotation": "x"})
    assert rotator.write("secret", "bot/binance", {"api_key": Plaintext(b"new")}, current) == current + 1
    rotator.annotate("secret", "bot/binance", {"sealward-rotation": None})
    assert under_way(rotator.metadata("secret", "bot/binance").custom) == {}
    assert world.get("bot/binance") == {"api_key": "new", "webhook": "old"}


def test_ci_sees_versions_and_no_value(world: Bao) -> None:
    ci = login(world, "ci")
    for path in SECRETS:
        seen = path.split("/")[0] in ("bot", "alerts") and path.count("/") == 1 and path != "bot/wallet"
        assert may(ci, "get", f"secret/metadata/{path}") == seen
        assert may(ci, "get", f"secret/subkeys/{path}") == seen
        assert not may(ci, "get", f"secret/data/{path}")
        assert not patch(ci, path)
        assert not note(ci, path, custom_metadata={})
    assert may(ci, "get", "database/roles/bot")
    assert not may(ci, "get", "database/creds/bot")


def test_the_rotators_paths_are_those_of_the_rotation_policy() -> None:
    """Nothing is granted under secret/ that rotation.yaml does not name, and nothing forgotten."""
    granted = set(
        re.findall(r'^path "secret/data/([^"]+)"', (FOLDER / "rotator.hcl").read_text(), re.MULTILINE)
    )
    named = {
        pattern.removeprefix("secret/").replace("*", "+")
        for one in policy.find(TOP).policies
        if one.every is not None
        for pattern in one.paths
    }
    assert granted == named


@pytest.mark.parametrize("name", ["bot", "rotator", "ci"])
def test_every_policy_is_in_the_readme(name: str) -> None:
    readme = (FOLDER / "README.md").read_text()
    assert f"bao policy write {name} vault/{name}.hcl" in readme


def test_the_example_generator_speaks_the_protocol() -> None:
    from sealward.rotation.values.generators import parse
    from sealward.rotation.values.protocol import Request, make

    request = Request("secret", "bot/binance", ("api_key", "api_secret"), 1, str(TOP))
    made = make(parse("exec:vault/examples/new-api-key"), request)
    assert list(made) == ["api_key", "api_secret"]
    assert len(made["api_key"].text()) == 64
