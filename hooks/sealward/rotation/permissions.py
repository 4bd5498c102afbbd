"""What the token may write, asked about all secrets of a run in one request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealward.vault.client import Client


class Permissions:
    """The capabilities on ``secrets`` (mount, path); the server is asked when the first one is checked."""

    def __init__(self, client: Client, secrets: Sequence[tuple[str, str]]) -> None:
        self._client = client
        self._secrets = secrets
        self._held: dict[str, set[str]] | None = None

    def check(self, mount: str, path: str) -> None:
        """Raises SealwardError where the token may not write the secret or its metadata."""
        if self._held is None:
            self._held = self._ask()
        for where in _paths(mount, path):
            if not self._held.get(where, {"root"}) & {"root", "patch", "update"}:
                raise SealwardError(
                    f"the token may not write {where}", 'it needs the capability "patch" or "update" there'
                )

    def _ask(self) -> dict[str, set[str]]:
        try:
            return self._client.capabilities(path for one in self._secrets for path in _paths(*one))
        except VaultError as error:
            if error.status != 403 or error.bad_token:
                raise
            return {}  # not every policy allows the question; the write itself will show it


def _paths(mount: str, path: str) -> tuple[str, str]:
    return f"{mount}/data/{path}", f"{mount}/metadata/{path}"
