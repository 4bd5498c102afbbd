"""Where the mount of a path ends, and what kind of engine it is: only the server knows.

``bao kv``, vals and consul-template ask ``sys/internal/ui/mounts/PATH``, which every token may that may do
anything below it; the same address without a path lists all of those. So one request says it for a run.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sealward.references.reference import ISSUERS, Home
from sealward.vault.transport import VaultError, misdirected

if TYPE_CHECKING:
    from sealward.references.reference import Engine, Reference
    from sealward.vault.transport import Transport

_LIST = "sys/internal/ui/mounts"
_PATHS_OF_KV_AS_SAID = ("vals", "template")
"""Syntaxes whose tools put KV v2's ``data/`` in by themselves; the others write a path of the API."""


class Mounts:
    """What is mounted where this token looks, asked once. Where the server does not say, the text's own
    reading stands."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._known: dict[str, Engine] | None = None
        self._is_whole = False
        self._asked: set[str] = set()
        self.home = Home(transport.address, transport.namespace)

    def settled(self, reference: Reference) -> Reference:
        """The reference with the mount and the engine that the server knows, and without a server and a
        namespace that are those of this run.

        Raises VaultError where the server or the token as such fails.
        """
        reference = reference.seen_from(self.home)
        if reference.is_elsewhere:
            return reference
        as_said = reference.syntax in _PATHS_OF_KV_AS_SAID
        where = reference.secret
        if not as_said and reference.is_versioned:
            where = f"{reference.mount}/data/{reference.path}"
        mount = self.of(where)
        if not mount:
            return reference
        engine, path = self.engine(mount), where[len(mount) + 1 :]
        if engine == "kv2" and not as_said:
            if not path.startswith("data/"):
                return reference
            path = path[5:]
        elif engine == "other":
            engine = "issuing" if path.split("/", 1)[0] in ISSUERS else reference.engine
            engine = "other" if engine == "kv2" else engine
        if engine == "kv2" and f"{mount}/{path}" != reference.secret:
            return reference  # another segment of it is called "data": pins are found by the text's reading
        return reference._replace(mount=mount, path=path, engine=engine)

    def engine(self, mount: str) -> Engine:
        """What answers at a mount; ``other`` where nobody says."""
        return (self._known or {}).get(mount, "other")

    def of(self, path: str) -> str:
        """The mount that a path leads to; empty where the server does not say."""
        with self._lock:
            if self._known is None:
                self._known = self._listed()
            found = self._among_known(path)
            folder = path.rpartition("/")[0]
            if found or self._is_whole or folder in self._asked:
                return found
            self._asked.add(folder)
            self._known |= self._one(path)
            return self._among_known(path)

    def _among_known(self, path: str) -> str:
        known = self._known or {}
        steps = path.split("/")
        return next(
            (one for end in range(len(steps) - 1, 0, -1) if (one := "/".join(steps[:end])) in known), ""
        )

    def _listed(self) -> dict[str, Engine]:
        """All mounts that this token may see; none where the server does not know the question.

        A server that has nothing at all there is no server: the path in its address leads elsewhere.
        """
        try:
            answer = self._transport.request("get", _LIST)
        except VaultError as error:
            if error.status not in (400, 403, 404, 405) or error.bad_token or error.misdirected:
                raise
            if error.status == 404 and self._transport.has_path:
                raise misdirected(self._transport.address, self._transport.namespace) from None
            return {}
        listed = (answer.get("data") or {}).get("secret")
        if not isinstance(listed, dict):
            return {}
        self._is_whole = True
        return {name.strip("/"): _engine(one) for name, one in listed.items() if isinstance(one, dict)}

    def _one(self, path: str) -> dict[str, Engine]:
        try:
            answer = self._transport.request("get", quote(f"{_LIST}/{path}")).get("data")
        except VaultError as error:
            if error.status not in (400, 403, 404, 405) or error.bad_token or error.misdirected:
                raise
            return {}
        if not isinstance(answer, dict):
            return {}
        mount = str(answer.get("path") or "").strip("/")
        return {mount: _engine(answer)} if mount and path.startswith(f"{mount}/") else {}


def _engine(mount: dict[str, Any]) -> Engine:
    if mount.get("type") not in ("kv", "generic"):
        return "other"
    options = mount.get("options")
    return "kv2" if isinstance(options, dict) and options.get("version") == "2" else "kv1"
