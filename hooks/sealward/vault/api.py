"""hvac's calls, sent by our transport: hvac knows the API, the transport when to send what again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import hvac
from hvac.adapters import Adapter

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealward.vault.transport import Transport


def patient(transport: Transport) -> hvac.Client:
    """hvac, each request repeated while failures are transient: for what may be sent twice."""
    return hvac.Client(adapter=partial(_Sender, transport.request))


def once(transport: Transport) -> hvac.Client:
    """hvac, each request sent once: for writes whose caller settles what an unclear failure means."""

    def send(method: str, path: str, **options: object) -> dict[str, Any]:
        return transport.once(method, path, **options)

    return hvac.Client(adapter=partial(_Sender, send))


class _Sender(Adapter):  # type: ignore[misc] # hvac has no types
    """An adapter that hands every request to a function, and gives back the JSON that it returns."""

    def __init__(self, send: Callable[..., dict[str, Any]], **settings: object) -> None:
        super().__init__(**settings)
        self._send = send

    def request(self, method: str, url: str, **options: object) -> dict[str, Any]:
        """One request. Raises VaultError, and none of hvac's exceptions."""
        options.pop("raise_exception", None)
        return self._send(method, url.removeprefix("/v1/"), **options)

    def get_login_token(self, response: dict[str, Any]) -> str:
        """The token that a login was answered with."""
        return str(response["auth"]["client_token"])
