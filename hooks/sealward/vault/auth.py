"""Logins that need no stored token: a workflow's OIDC token, an AppRole, a Kubernetes service account.

Sources: ``auth/MOUNT/login`` of OpenBao's and Vault's jwt, approle and kubernetes methods; GitHub's
``ACTIONS_ID_TOKEN_REQUEST_URL`` and ``…_TOKEN``, from which a job with ``id-token: write`` gets its token.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sealward.errors import SealwardError
from sealward.vault.transport import VaultError, understood

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealward.vault.transport import Transport

METHODS = ("jwt", "approle", "kubernetes")
SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/token"
GITHUB_SECONDS = 15
"""How long GitHub may take to hand out a token."""


class Login(NamedTuple):
    """A method (one of ``METHODS``), its mount, and the role to log in as (an AppRole is its own)."""

    method: str
    mount: str
    role: str

    def token(self, transport: Transport, environment: Mapping[str, str]) -> str:
        """Log in and return the new token. Raises SealwardError, with the server's reason for a refusal."""
        try:
            answer = self._answer(transport, environment)
        except VaultError as error:
            if error.status != 403:
                raise
            hint = f"does the role allow who we are? (`bao read auth/{self.mount}/role/NAME`)"
            raise VaultError(f"Vault refuses the login at auth/{self.mount}/login", hint, 403) from None
        with understood(f"auth/{self.mount}/login", transport.address):
            return str(answer["auth"]["client_token"])

    def _answer(self, transport: Transport, environment: Mapping[str, str]) -> dict[str, Any]:
        from sealward.vault import api

        methods, mount = api.patient(transport).auth, self.mount
        if self.method == "approle":
            found = _approle(environment)
            answer = methods.approle.login(
                found["role_id"], found.get("secret_id"), use_token=False, mount_point=mount
            )
        elif self.method == "jwt":
            answer = methods.jwt.jwt_login(self.role, _jwt(environment), use_token=False, path=mount)
        else:
            account = _service_account(environment)
            answer = methods.kubernetes.login(self.role, account, use_token=False, mount_point=mount)
        return dict(answer)


def chosen(environment: Mapping[str, str]) -> Login | None:
    """The login that the environment asks for, or None where it has a token instead.

    ``SEALWARD_VAULT_AUTH`` is the method, ``SEALWARD_VAULT_ROLE`` the role, ``SEALWARD_VAULT_MOUNT`` the
    mount where it is not called like the method. Raises SealwardError for a method there is not, and for a
    missing role.
    """
    method = environment.get("SEALWARD_VAULT_AUTH", "")
    if not method or method == "token":
        return None
    if method not in METHODS:
        raise SealwardError(
            f"SEALWARD_VAULT_AUTH: no login is called {method!r}", f"there are: token, {', '.join(METHODS)}"
        )
    role = environment.get("SEALWARD_VAULT_ROLE", "")
    if not role and method != "approle":
        raise SealwardError(f"the login {method} needs a role", "set SEALWARD_VAULT_ROLE to its name")
    return Login(method, environment.get("SEALWARD_VAULT_MOUNT", "").strip("/") or method, role)


def _approle(environment: Mapping[str, str]) -> dict[str, str]:
    found = {
        name: environment.get(f"BAO_{name.upper()}") or environment.get(f"VAULT_{name.upper()}") or ""
        for name in ("role_id", "secret_id")
    }
    if not found["role_id"]:
        raise SealwardError("the login approle needs a role id", "set VAULT_ROLE_ID and VAULT_SECRET_ID")
    return {name: value for name, value in found.items() if value}


def _service_account(environment: Mapping[str, str]) -> str:
    file = environment.get("SEALWARD_VAULT_JWT_FILE") or SERVICE_ACCOUNT
    try:
        return Path(file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        hint = "run in a pod with a service account, or name the file in SEALWARD_VAULT_JWT_FILE"
        raise SealwardError(f"{file} holds no service account token", hint) from None


def _jwt(environment: Mapping[str, str]) -> str:
    """A file's token, or the variable's (GitLab's ``id_tokens``), or the one that GitHub hands out."""
    if environment.get("SEALWARD_VAULT_JWT_FILE"):
        return _service_account(environment)
    return environment.get("SEALWARD_VAULT_JWT") or _github(environment)


def _github(environment: Mapping[str, str]) -> str:
    url, bearer = (environment.get(f"ACTIONS_ID_TOKEN_REQUEST_{name}") for name in ("URL", "TOKEN"))
    if not url or not bearer:
        raise SealwardError(
            "the login jwt finds no OIDC token",
            "in GitHub Actions give the job `permissions: id-token: write`; elsewhere set SEALWARD_VAULT_JWT",
        )
    import requests

    audience = environment.get("SEALWARD_VAULT_AUDIENCE")
    try:
        answer = requests.get(
            url,
            params={"audience": audience} if audience else {},
            headers={"Authorization": f"bearer {bearer}"},
            timeout=GITHUB_SECONDS,
        )
        answer.raise_for_status()
        token = answer.json()["value"]
    except (requests.RequestException, ValueError, KeyError, TypeError):
        hint = "run the job again; is `id-token: write` among its permissions?"
        raise SealwardError("GitHub hands out no OIDC token", hint) from None
    return str(token)
