"""The API of a cluster over a socket: requests, answers, and what a refusal means to people.

A server's ``message`` can quote a value (a number in place of a text, an admission rule's text), so none of
it is ever printed: the status, the reason and the fields of a refusal say enough.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlencode

from sealward.deploy.kinds import CONFIG_MAP, SECRET
from sealward.deploy.shape import items, mapping, text
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sealward.deploy.kinds import Kind
    from sealward.deploy.shape import Json

MANAGER = "sealward"
"""Our field manager."""

REQUEST_SECONDS = 30.0
PATIENCE_SECONDS = 8.0
"""How long a read is tried again while the server is away."""

PAGE = 500
_APPLY = "application/apply-patch+yaml"
_MERGE = "application/merge-patch+json"
_AWAY = (429, 500, 502, 503, 504)

Reason = Literal["away", "login", "missing", "forbidden", "refused", "conflict", "stale", "invalid", "other"]
"""``forbidden`` is RBAC's word, ``refused`` that of an admission rule or a quota; ``conflict`` is with
another field manager, ``stale`` with whoever wrote the object since it was read."""


class Cause(NamedTuple):
    """One field that a refusal is about, and the server's word for why."""

    field: str
    reason: str
    owner: str = ""


class ApiError(SealwardError):
    """A request that failed, in our own words."""

    def __init__(self, message: str, hint: str, reason: Reason, causes: tuple[Cause, ...] = ()) -> None:
        super().__init__(message, hint)
        self.reason = reason
        self.causes = causes


class Target(NamedTuple):
    """What a request is about, for messages and for asking what is allowed."""

    kind: Kind
    namespace: str
    name: str = ""

    def __str__(self) -> str:
        name = f"{self.kind.word}/{self.name}" if self.name else self.kind.plural
        return f"{name} in {self.namespace}"


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket of this machine."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=REQUEST_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Api:
    """One cluster. Methods raise ApiError; each thread has a connection of its own.

    ``writes`` counts what was sent to be kept.
    """

    def __init__(
        self,
        path: str,
        cluster: str,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.cluster = cluster
        self.writes = 0
        self._path = path
        self._now = now
        self._sleep = sleep
        self._own = threading.local()

    def get(self, kind: Kind, namespace: str, name: str) -> Json | None:
        """An object; None where there is none."""
        target = Target(kind, namespace, name)
        try:
            return self._patiently("GET", kind.path(namespace, name), target)
        except ApiError as error:
            if error.reason == "missing":
                return None
            raise

    def all(self, kind: Kind, namespace: str, **query: str) -> Iterator[Json]:
        """Every object of a kind in a namespace, page by page."""
        more = ""
        while True:
            asked = {**query, "limit": str(PAGE), **({"continue": more} if more else {})}
            page = self._patiently("GET", kind.path(namespace), Target(kind, namespace), asked)
            yield from items(page, "items")
            more = text(page, "metadata", "continue")
            if not more:
                return

    def apply(
        self, kind: Kind, namespace: str, body: Json, *, dry: bool = False, force: bool = False
    ) -> Json:
        """Server-side apply of an object, which is made where there is none."""
        name = text(body, "metadata", "name")
        query = {"fieldManager": MANAGER, "force": "true" if force else "false"}
        return self._write(_APPLY, Target(kind, namespace, name), body, query, dry)

    def merge(self, kind: Kind, namespace: str, name: str, body: Json, *, dry: bool = False) -> Json:
        """A merge patch of an object that is there."""
        return self._write(_MERGE, Target(kind, namespace, name), body, {"fieldManager": MANAGER}, dry)

    def delete(self, kind: Kind, namespace: str, name: str, like: Json, *, dry: bool = False) -> None:
        """Delete an object if it is still the one that ``like`` was read as."""
        known = {field: text(like, "metadata", field) for field in ("uid", "resourceVersion")}
        body: Json = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": known}
        if dry:
            body["dryRun"] = ["All"]
        target = Target(kind, namespace, name)
        self._send("DELETE", kind.path(namespace, name), target, body, "application/json")
        self.writes += not dry

    def may(self, verb: str, target: Target) -> bool:
        """Whether these credentials may do something, as the server itself says."""
        asked = {
            "namespace": target.namespace, "verb": verb, "group": target.kind.group,
            "resource": target.kind.plural, "name": target.name,
        }  # fmt: skip
        body: Json = {
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": asked},
        }  # fmt: skip
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        _, answer = self._once("POST", path, target, json.dumps(body).encode(), "application/json")
        return mapping(answer, "status").get("allowed") is True

    def _write(self, how: str, target: Target, body: Json, query: Mapping[str, str], dry: bool) -> Json:
        asked = urlencode({**query, **({"dryRun": "All"} if dry else {})})
        path = f"{target.kind.path(target.namespace, target.name)}?{asked}"
        if dry:
            return self._riding_out(lambda: self._send("PATCH", path, target, body, how))
        found = self._send("PATCH", path, target, body, how)
        self.writes += 1
        return found

    def _patiently(
        self, verb: str, path: str, target: Target, query: Mapping[str, str] | None = None
    ) -> Json:
        asked = f"{path}?{urlencode(query)}" if query else path
        return self._riding_out(lambda: self._send(verb, asked, target))

    def _riding_out(self, attempt: Callable[[], Json]) -> Json:
        """What changes nothing is tried again while the server is away."""
        until, pause = self._now() + PATIENCE_SECONDS, 0.1
        while True:
            try:
                return attempt()
            except ApiError as error:
                if error.reason != "away" or self._now() + pause > until:
                    raise
            self._sleep(pause)
            pause = min(2 * pause, 2.0)

    def _send(self, verb: str, path: str, target: Target, body: Json | None = None, how: str = "") -> Json:
        data = None if body is None else json.dumps(body).encode()
        status, answer = self._once(verb, path, target, data, how)
        if status < 300:
            return answer
        raise self._refusal(verb, status, answer, target)

    def _once(self, verb: str, path: str, target: Target, data: bytes | None, how: str) -> tuple[int, Json]:
        connection = getattr(self._own, "connection", None) or _Connection(self._path)
        self._own.connection = connection
        try:
            connection.request(verb, path, data, self.headers(how))
            response = connection.getresponse()
            status, raw = response.status, response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._own.connection = None
            raise self._away(target) from None
        try:
            answer = json.loads(raw) if raw else {}
        except (ValueError, RecursionError):
            answer = {}
        return status, answer if isinstance(answer, dict) else {}

    def headers(self, how: str) -> dict[str, str]:
        """The headers of a request whose body is of a type."""
        return {"Accept": "application/json", **({"Content-Type": how} if how else {})}

    def _away(self, target: Target) -> ApiError:
        return ApiError(
            f"{self.cluster} cannot be reached (at {target})",
            "does the server run, and do the credentials of kubectl still hold? `kubectl get --raw /readyz`",
            "away",
        )

    def _refusal(self, verb: str, status: int, answer: Json, target: Target) -> ApiError:
        causes = tuple(map(_cause, items(answer, "details", "causes")))
        if status == 500 and answer:
            hint = "fix that in the sealed file, or look at the server's log"
            return ApiError(f"{target}: the server fails on it", hint, "away")
        if status in _AWAY or not answer:
            return self._away(target) if status != 404 else _missing(target)
        if status == 401:
            hint = f"log in again, or renew the credentials of {self.cluster} (`kubectl auth can-i --list`)"
            return ApiError(f"{self.cluster} does not accept these credentials", hint, "login")
        if status == 403:
            return self._forbidden(verb, target)
        if status == 404:
            return _missing(target)
        if status == 409 and any(one.reason == "FieldManagerConflict" for one in causes):
            return ApiError(f"{target}: other managers hold fields of it", "take it over", "conflict", causes)
        if status == 409:
            hint = "run it again: it goes by what is there then"
            return ApiError(f"{target}: somebody else changed it meanwhile", hint, "stale")
        if status in (400, 413, 422):
            return _invalid(target, causes)
        said = text(answer, "reason") or f"status {status}"
        return ApiError(f"{target}: the server says {said}", "look at the server's log", "other")

    def _forbidden(self, verb: str, target: Target) -> ApiError:
        """RBAC, a quota and an admission rule refuse alike: the server knows which it was."""
        words = {"GET": ["get" if target.name else "list"], "PATCH": ["patch"], "DELETE": ["delete"]}[verb]
        words += ["create"] if verb == "PATCH" and target.kind in (SECRET, CONFIG_MAP) else []
        try:
            lacking = [word for word in words if not self.may(word, target)]
        except ApiError:
            lacking = words[:1]
        if not lacking:
            hint = (
                "a quota (`kubectl describe quota`) or an admission rule; what it says is withheld, as it can"
                " quote a value"
            )
            return ApiError(f"{target}: the cluster refuses it, though RBAC allows it", hint, "refused")
        hint = "`sealward deploy rbac` prints the role that is needed"
        return ApiError(f"these credentials may not {lacking[0]} {target}", hint, "forbidden")


def _missing(target: Target) -> ApiError:
    hint = f"is there a namespace {target.namespace}? `kubectl create namespace {target.namespace}` makes it"
    if not target.name:
        hint = f"does the cluster know the kind {target.kind.name} of {target.kind.version}? see `kinds`"
    return ApiError(f"there is no {target}", hint, "missing")


def _invalid(target: Target, causes: tuple[Cause, ...]) -> ApiError:
    fields = ", ".join(dict.fromkeys(f"{one.field} ({one.reason})" for one in causes if one.field))
    immutable = any(one.field in ("data", "immutable", "type") for one in causes)
    hint = (
        "an immutable Secret, and the type of one, cannot be changed: give it another name, or delete it"
        if immutable
        else "fix that in the sealed file"
        if fields
        else "an admission rule may refuse it; what it says is withheld, as it can quote a value"
    )
    return ApiError(f"{target}: the server does not take {fields or 'it'}", hint, "invalid", causes)


def _cause(cause: Json) -> Cause:
    """Fields and reasons are the server's own words; of a conflict's message only the quoted manager."""
    reason = text(cause, "reason")
    owner = text(cause, "message").partition('conflict with "')[2].partition('"')[0]
    field = text(cause, "field")
    return Cause(field, reason, owner if reason == "FieldManagerConflict" else "")
