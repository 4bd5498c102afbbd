"""Logins without a stored token, on a real server; GitHub's and Kubernetes' own endpoints are stood in for."""

from __future__ import annotations

import datetime
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from sealward.errors import SealwardError
from sealward.vault.connection import connect
from tests.support.oidc import AUDIENCE, ISSUER, KEY, PUBLIC, github, http, signed

if TYPE_CHECKING:
    from tests.support.openbao import Bao

ROLE = json.loads((Path(__file__).parents[2] / "vault" / "jwt-role.json").read_text())


@pytest.fixture
def jwt(bao: Bao) -> dict[str, str]:
    """The environment of a login by jwt to a role that may read this test's mount."""
    mount = f"jwt-{bao.mount}"
    bao.put("bot", api_key="value")
    policy = f'path "{bao.mount}/data/bot" {{ capabilities = ["read"] }}'
    bao.client.post(f"sys/policies/acl/{mount}", policy=policy)
    bao.client.post(f"sys/auth/{mount}", type="jwt")
    bao.client.post(f"auth/{mount}/config", jwt_validation_pubkeys=[PUBLIC.decode()], bound_issuer=ISSUER)
    bao.client.post(f"auth/{mount}/role/bot", **{**ROLE, "token_policies": [mount]})
    return {
        "BAO_ADDR": bao.server.address,
        "SEALWARD_VAULT_AUTH": "jwt",
        "SEALWARD_VAULT_MOUNT": mount,
        "SEALWARD_VAULT_ROLE": "bot",
        "SEALWARD_VAULT_AUDIENCE": AUDIENCE,
    }


def reads(bao: Bao, environment: dict[str, str]) -> str:
    """What a fresh login reads."""
    return connect(environment).read(bao.mount, "bot").values["api_key"].text()


def test_a_github_workflow_logs_in(bao: Bao, jwt: dict[str, str]) -> None:
    with github() as job:
        assert reads(bao, {**jwt, **job}) == "value"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"repository": "someone/else"}, 'claim "repository" does not match'),
        ({"ref": "refs/pull/7/merge"}, 'claim "ref" does not match'),
        ({"exp": int(time.time()) - 3600}, "expired"),
    ],
    ids=["repository", "branch", "expired"],
)
def test_a_token_that_is_not_ours_is_refused_and_why(
    bao: Bao, jwt: dict[str, str], claims: dict[str, Any], reason: str
) -> None:
    with github(**claims) as job, pytest.raises(SealwardError, match=reason) as caught:
        connect({**jwt, **job})
    assert "\n" not in str(caught.value)


def test_the_wrong_audience_is_refused(bao: Bao, jwt: dict[str, str]) -> None:
    with github() as job, pytest.raises(SealwardError, match="audience"):
        connect({**jwt, **job, "SEALWARD_VAULT_AUDIENCE": "https://elsewhere"})


def test_a_role_that_is_not_there(bao: Bao, jwt: dict[str, str]) -> None:
    with github() as job, pytest.raises(SealwardError, match=r'role "absent" could not be found'):
        connect({**jwt, **job, "SEALWARD_VAULT_ROLE": "absent"})


def test_github_that_hands_out_nothing(bao: Bao, jwt: dict[str, str]) -> None:
    with github() as job, pytest.raises(SealwardError, match="hands out no OIDC token") as caught:
        connect({**jwt, **job, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "canary-bearer"})
    assert "canary" not in str(caught.value)


def test_other_sources_of_a_token(bao: Bao, jwt: dict[str, str], tmp_path: Path) -> None:
    assert reads(bao, {**jwt, "SEALWARD_VAULT_JWT": signed()}) == "value"
    (tmp_path / "token").write_text(signed() + "\n")
    assert reads(bao, {**jwt, "SEALWARD_VAULT_JWT_FILE": str(tmp_path / "token")}) == "value"


def test_a_token_that_expires_in_the_middle_is_replaced(bao: Bao, jwt: dict[str, str]) -> None:
    with github() as job:
        client = connect({**jwt, **job})
        first = client.transport.session.token
        bao.client.post("auth/token/revoke", token=first)
        assert client.read(bao.mount, "bot").values["api_key"].text() == "value"
        assert client.transport.session.token != first


def test_a_token_that_cannot_be_replaced_is_a_clear_end(bao: Bao, jwt: dict[str, str]) -> None:
    with github() as job:
        client = connect({**jwt, **job})
    bao.client.post("auth/token/revoke", token=client.transport.session.token)
    with pytest.raises(SealwardError, match="hands out no OIDC token"):
        client.read(bao.mount, "bot")


def test_a_given_token_that_expires_is_a_clear_end(bao: Bao) -> None:
    client = bao.login(bao.token('path "*" { capabilities = ["read"] }'))
    bao.client.post("auth/token/revoke", token=client.transport.session.token)
    with pytest.raises(SealwardError, match="token is missing, wrong or expired"):
        client.read(bao.mount, "bot")


def test_approle(bao: Bao) -> None:
    mount = f"approle-{bao.mount}"
    bao.put("bot", api_key="value")
    bao.client.post(f"sys/policies/acl/{mount}", policy=f'path "{bao.mount}/*" {{ capabilities = ["read"] }}')
    bao.client.post(f"sys/auth/{mount}", type="approle")
    bao.client.post(f"auth/{mount}/role/bot", token_policies=[mount])
    environment = {
        "BAO_ADDR": bao.server.address,
        "SEALWARD_VAULT_AUTH": "approle",
        "SEALWARD_VAULT_MOUNT": mount,
        "VAULT_ROLE_ID": bao.client.get(f"auth/{mount}/role/bot/role-id")["role_id"],
        "VAULT_SECRET_ID": bao.client.transport.request("post", f"auth/{mount}/role/bot/secret-id")["data"][
            "secret_id"
        ],
    }
    assert reads(bao, environment) == "value"
    with pytest.raises(SealwardError, match="invalid") as caught:
        connect({**environment, "VAULT_SECRET_ID": "canary"})
    assert "canary" not in str(caught.value)


def test_kubernetes(bao: Bao, tmp_path: Path) -> None:
    """The server asks Kubernetes' TokenReview, which is stood in for."""
    mount, name = f"kubernetes-{bao.mount}", "system:serviceaccount:trading:bot"
    audience = ["https://kubernetes.internal"]

    def review(_: Any, body: bytes) -> dict[str, Any]:
        genuine = json.loads(body)["spec"]["token"] == token
        return {
            "status": {
                "authenticated": genuine,
                "user": {"username": name, "uid": "u1"},
                "audiences": audience,
            }
        }

    account = {"namespace": "trading", "serviceaccount": {"name": "bot", "uid": "u1"}}
    token = signed(
        iss="kubernetes/serviceaccount",
        sub=name,
        aud=audience,
        **{"kubernetes.io": account},
    )
    bao.put("bot", api_key="value")
    bao.client.post(f"sys/policies/acl/{mount}", policy=f'path "{bao.mount}/*" {{ capabilities = ["read"] }}')
    bao.client.post(f"sys/auth/{mount}", type="kubernetes")
    role = {"bound_service_account_names": "bot", "bound_service_account_namespaces": "trading"}
    bao.client.post(f"auth/{mount}/role/bot", token_policies=[mount], **role)
    bao.client.post(f"auth/{mount}/role/other", **{**role, "bound_service_account_names": "other"})
    (tmp_path / "token").write_text(token)
    environment = {
        "BAO_ADDR": bao.server.address,
        "SEALWARD_VAULT_AUTH": "kubernetes",
        "SEALWARD_VAULT_MOUNT": mount,
        "SEALWARD_VAULT_ROLE": "bot",
        "SEALWARD_VAULT_JWT_FILE": str(tmp_path / "token"),
    }
    with http(review) as address:
        bao.client.post(
            f"auth/{mount}/config",
            kubernetes_host=address,
            token_reviewer_jwt=token,
            disable_local_ca_jwt=True,
            kubernetes_ca_cert=certificate(),
        )
        assert reads(bao, environment) == "value"
        with pytest.raises(SealwardError, match=f"refuses the login at auth/{mount}/login"):
            connect({**environment, "SEALWARD_VAULT_ROLE": "other"})


def certificate() -> str:
    """A certificate of an authority that the method asks for, and that plain HTTP does not use."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    built = x509.CertificateBuilder(name, name, KEY.public_key(), 1, now, now + datetime.timedelta(days=1))
    return built.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"SEALWARD_VAULT_AUTH": "ldap"}, "no login is called 'ldap'"),
        ({"SEALWARD_VAULT_AUTH": "jwt"}, "the login jwt needs a role"),
        ({"SEALWARD_VAULT_AUTH": "jwt", "SEALWARD_VAULT_ROLE": "bot"}, "finds no OIDC token"),
        ({"SEALWARD_VAULT_AUTH": "approle"}, "needs a role id"),
        (
            {
                "SEALWARD_VAULT_AUTH": "kubernetes",
                "SEALWARD_VAULT_ROLE": "bot",
                "SEALWARD_VAULT_JWT_FILE": "/absent",
            },
            "/absent holds no service account token",
        ),
        ({"SEALWARD_VAULT_AUTH": "token"}, "there is no Vault token"),
    ],
)
def test_what_is_missing_is_named(environment: dict[str, str], reason: str) -> None:
    with pytest.raises(SealwardError, match=reason):
        connect({"BAO_ADDR": "http://127.0.0.1:9", **environment})
