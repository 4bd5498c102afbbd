"""From the environment to a client: address, token, namespace, certificate, as `bao` reads them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sealward.addresses import address_of, is_accepted
from sealward.errors import SealwardError
from sealward.references.reference import Home
from sealward.vault import auth
from sealward.vault.client import Client
from sealward.vault.parallel import THREADS
from sealward.vault.transport import REQUEST_SECONDS, Transport

if TYPE_CHECKING:
    from collections.abc import Mapping


def connect(environment: Mapping[str, str] | None = None) -> Client:
    """A client with the token of the environment, or with that of a login that it asks for.

    Each variable is read as ``BAO_…`` first and ``VAULT_…`` second, as OpenBao does: ``ADDR``, ``TOKEN``
    (else ``~/.vault-token``), ``NAMESPACE``, ``CACERT``, ``CAPATH``, ``SKIP_VERIFY``. With
    ``SEALWARD_VAULT_AUTH`` it logs in (see ``auth.chosen``), and again when that token expires; with a
    token nothing is sent yet. Raises SealwardError where the address or the token is missing, or the
    login is refused.
    """
    environment = os.environ if environment is None else environment
    login = auth.chosen(environment)
    if login is not None:
        return _logged_in(login, environment)
    token = _get(environment, "TOKEN") or _token_file(environment)
    if not token:
        hint = "log in (`bao login`), or set VAULT_TOKEN or SEALWARD_VAULT_AUTH"
        raise SealwardError("there is no Vault token", hint)
    return Client(open_transport(environment, token))


def _logged_in(login: auth.Login, environment: Mapping[str, str]) -> Client:
    transport = open_transport(environment, None)

    def log_in() -> None:
        transport.session.token = None
        transport.session.token = login.token(transport, environment)

    log_in()
    transport.log_in = log_in
    return Client(transport)


def home(environment: Mapping[str, str] | None = None) -> Home:
    """Where a run looks by its environment; nothing is asked, and nothing need be set."""
    environment = os.environ if environment is None else environment
    return Home(_get(environment, "ADDR").rstrip("/"), _get(environment, "NAMESPACE"))


def open_transport(environment: Mapping[str, str], token: str | None) -> Transport:
    """A transport to the server of the environment. Raises SealwardError where no address is given."""
    import hvac
    from hvac.adapters import RawAdapter
    from requests.adapters import HTTPAdapter

    from sealward.vault import wire

    address = _address(environment)
    if token is not None and not (token.isascii() and token.isprintable()):
        hint = "log in again (`bao login`), or copy VAULT_TOKEN once more"
        raise SealwardError("the Vault token holds a character that no token has", hint)
    session = hvac.Client(
        url=address,
        token=token,
        namespace=_get(environment, "NAMESPACE") or None,
        verify=_verify(environment),
        timeout=REQUEST_SECONDS,
        allow_redirects=False,
        adapter=RawAdapter,
    )
    # No proxy, and no ~/.netrc, between us and a server on this machine: what Go, and so `bao`, does.
    session.adapter.session.trust_env = not _is_local(address)
    for scheme in ("https://", "http://"):
        session.adapter.session.mount(scheme, HTTPAdapter(pool_maxsize=THREADS))
    transport = Transport(session, address)
    transport.wire = wire.between(session.adapter.session, address, REQUEST_SECONDS)
    transport.redirects = frozenset(environment.get("SEALWARD_VAULT_REDIRECTS", "").replace(",", " ").split())
    return transport


def _address(environment: Mapping[str, str]) -> str:
    """Where the server is. Raises SealwardError where nobody says so, or where the way there is not safe."""
    address = _get(environment, "ADDR").rstrip("/")
    if not address:
        hint = "set VAULT_ADDR, such as https://vault.internal:8200"
        raise SealwardError("there is no Vault address", hint)
    found = address_of(address)
    if found is None or not found.scheme:
        hint = "such as https://vault.internal:8200, or http://127.0.0.1:8200 on this machine"
        raise SealwardError(f"VAULT_ADDR={address} is not http:// or https:// and a host", hint)
    if found.path.rpartition("/")[2] == "v1":
        hint = f"set VAULT_ADDR={address[:-3]}: every client puts /v1 in by itself"
        raise SealwardError(f"VAULT_ADDR={address} ends in /v1, which is part of each request", hint)
    if found.is_open and not is_accepted(environment.get("SEALWARD_VAULT_HTTP", "")):
        raise SealwardError(
            f"{address} is another machine, without TLS: whoever is in between could read the token",
            "use https, or accept that with SEALWARD_VAULT_HTTP=true",
        )
    return address


def _is_local(address: str) -> bool:
    found = address_of(address)
    return found is not None and found.is_local


def _get(environment: Mapping[str, str], name: str) -> str:
    return environment.get(f"BAO_{name}") or environment.get(f"VAULT_{name}") or ""


def _verify(environment: Mapping[str, str]) -> bool | str:
    if is_accepted(_get(environment, "SKIP_VERIFY")):
        return False
    authorities = _get(environment, "CACERT") or _get(environment, "CAPATH")
    if authorities and not Path(authorities).exists():
        hint = "VAULT_CACERT is a PEM file, VAULT_CAPATH a folder of such"
        raise SealwardError(f"the certificates {authorities} are not there", hint)
    return authorities or True


def _token_file(environment: Mapping[str, str]) -> str:
    home = environment.get("HOME") or environment.get("USERPROFILE")
    try:
        return (Path(home) / ".vault-token").read_text(encoding="utf-8").strip() if home else ""
    except (OSError, UnicodeDecodeError):
        return ""
