"""Where the mount of a path ends, and what kind of engine it is: only the server knows.

vals and consul-template take ``kv/team/bot`` and ask ``sys/internal/ui/mounts/PATH``, which every token may
that may do anything below it; so does this. One request says it for all paths of a mount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from sealward.references.reference import Engine, Reference
    from sealward.vault.client import Client


class Mounts:
    """Asks once for each mount. Where the server does not say, the text's own reading stands."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, Engine] = {}
        self._unknown: set[str] = set()

    def settled(self, reference: Reference) -> Reference:
        """The reference with the mount and the engine that the server knows.

        Only syntaxes are asked for that leave it to the server. Raises VaultError where the server or the
        token as such fails.
        """
        if reference.syntax not in ("vals", "template") or not reference.is_versioned:
            return reference
        if reference.is_elsewhere:
            return reference
        mount = self._mount(reference.secret)
        if not mount:
            return reference
        path = reference.secret[len(mount) + 1 :]
        return reference._replace(mount=mount, path=path, engine=self._known[mount])

    def _mount(self, secret: str) -> str:
        known = next((mount for mount in self._known if secret.startswith(f"{mount}/")), "")
        if known or secret in self._unknown:
            return known
        try:
            answer = self._client.get(f"sys/internal/ui/mounts/{secret}")
        except VaultError as error:
            if error.status not in (400, 403, 404) or error.bad_token:
                raise
            answer = {}
        mount = str(answer.get("path") or "").strip("/")
        if not mount or not secret.startswith(f"{mount}/"):
            self._unknown.add(secret)
            return ""
        options = answer.get("options") or {}
        is_kv2 = answer.get("type") == "kv" and options.get("version") == "2"
        self._known[mount] = "kv2" if is_kv2 else "other"
        return mount
