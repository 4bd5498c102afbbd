"""The jwt roles of vault/ against tokens of GitHub's shape, on a real server."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sealward.vault.transport import VaultError
from tests.support.oidc import CLAIMS, ISSUER, PUBLIC, REPOSITORY, encoded, signed

if TYPE_CHECKING:
    from tests.support.openbao import Bao

FOLDER = Path(__file__).parents[2] / "vault"


@pytest.fixture
def oidc(bao: Bao) -> Bao:
    """The server with the policies and roles of vault/, as its README sets them up."""
    mount = f"jwt-{bao.mount}"
    bao.client.post(f"sys/auth/{mount}", type="jwt")
    bao.client.post(f"auth/{mount}/config", jwt_validation_pubkeys=[PUBLIC.decode()], bound_issuer=ISSUER)
    for role, name in (("jwt-role.json", "rotator"), ("jwt-role-ci.json", "ci")):
        bao.client.post(f"sys/policies/acl/{name}", policy=(FOLDER / f"{name}.hcl").read_text())
        bao.client.post(f"auth/{mount}/role/sealward-{name}", **json.loads((FOLDER / role).read_text()))
    bao.mount = mount
    return bao


def login(oidc: Bao, role: str, token: str) -> dict[str, Any]:
    body = {"role": role, "jwt": token}
    found = oidc.client.transport.request("post", f"auth/{oidc.mount}/login", json=body)
    return dict(found["auth"])


@pytest.mark.parametrize(
    ("role", "policies", "seconds"), [("sealward-rotator", ["rotator"], 900), ("sealward-ci", ["ci"], 600)]
)
def test_a_workflow_logs_in(oidc: Bao, role: str, policies: list[str], seconds: int) -> None:
    found = login(oidc, role, signed())
    assert found["policies"] == policies
    assert found["lease_duration"] == seconds


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"repository": "someone/else"}, "repository"),
        ({"ref": "refs/heads/topic"}, "ref"),
        (
            {"job_workflow_ref": f"{REPOSITORY}/.github/workflows/other.yml@refs/heads/main"},
            "job_workflow_ref",
        ),
        ({"repository_id": "1"}, "repository_id"),
        ({"repository_owner_id": "1"}, "repository_owner_id"),
        ({"environment": None}, "environment"),
        ({"environment": "staging"}, "environment"),
        ({"runner_environment": "self-hosted"}, "runner_environment"),
        ({"event_name": "pull_request_target"}, "event_name"),
        ({"event_name": "issue_comment"}, "event_name"),
        ({"aud": "https://elsewhere"}, "aud"),
        ({"iss": "https://elsewhere"}, "iss"),
        ({"exp": int(time.time()) - 3600}, "expired"),
    ],
)
def test_anything_else_is_refused(oidc: Bao, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(VaultError, match=reason):
        login(oidc, "sealward-rotator", signed(**changes))


def test_a_pull_request_may_look_but_not_rotate(oidc: Bao) -> None:
    token = signed(ref="refs/pull/7/merge", sub=f"repo:{REPOSITORY}:pull_request", event_name="pull_request")
    assert login(oidc, "sealward-ci", token)["policies"] == ["ci"]
    with pytest.raises(VaultError, match="ref"):
        login(oidc, "sealward-rotator", token)


@pytest.mark.parametrize(
    "changes",
    [
        {"event_name": "pull_request_target"},
        {"event_name": "issue_comment"},
        {"event_name": "workflow_run"},
        {"repository_id": "1"},
        {"repository_owner_id": "1"},
        {"runner_environment": "self-hosted"},
    ],
)
def test_the_lint_stage_s_role_refuses_what_runs_strangers_code_with_rights(
    oidc: Bao, changes: dict[str, Any]
) -> None:
    with pytest.raises(VaultError, match=next(iter(changes))):
        login(oidc, "sealward-ci", signed(**changes))


def test_a_forged_token_is_refused(oidc: Bao) -> None:
    head, body, signature = signed().split(".")
    forged = encoded(json.dumps({**CLAIMS, "exp": int(time.time()) + 300}).encode())
    with pytest.raises(VaultError, match=r"signature|verif"):
        login(oidc, "sealward-rotator", f"{head}.{forged}.{signature}")
    assert body != forged


def test_one_policy_for_all_repositories_lets_each_read_its_own(oidc: Bao) -> None:
    accessor = oidc.client.get("sys/auth")[f"{oidc.mount}/"]["accessor"]
    policy = (FOLDER / "fleet.hcl").read_text().replace("ACCESSOR", accessor)
    oidc.client.post("sys/policies/acl/fleet", policy=policy)
    role = json.loads((FOLDER / "jwt-role-fleet.json").read_text())
    oidc.client.post(f"auth/{oidc.mount}/role/fleet", **role)
    for number in ("42", "43"):
        oidc.client.post(f"secret/data/repositories/{number}/bot", data={"key": number})
    for mine, other in (("42", "43"), ("43", "42")):
        claims = {
            "repository": f"your-organisation/{mine}",
            "repository_id": mine,
            "environment": "production",
        }
        client = oidc.login(login(oidc, "fleet", signed(**claims))["client_token"])
        assert client.read("secret", f"repositories/{mine}/bot").values["key"].text() == mine
        with pytest.raises(VaultError):
            client.read("secret", f"repositories/{other}/bot")
    for changes in ({"repository_owner_id": "1"}, {"environment": "staging"}):
        with pytest.raises(VaultError, match=next(iter(changes))):
            login(oidc, "fleet", signed(**{"environment": "production", **changes}))
