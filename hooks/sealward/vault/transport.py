"""Requests to Vault: bounded in time, repeated where that is safe, and every failure one clear line."""

from __future__ import annotations

import contextlib
import json
import random
import re
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

from sealward import shell
from sealward.addresses import address_of
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import hvac
    import requests

    from sealward.vault.wire import Answer, Wire

T = TypeVar("T")

REQUEST_SECONDS = 15
"""How long one request may take."""

PATIENCE_SECONDS = 30.0
"""How long transient failures are ridden out: a raft cluster needs about five seconds for a new leader."""

FIRST_CONTACT_SECONDS = 1.5
"""The same before the server ever answered: a wrong address should be reported at once."""

_TRANSIENT = (412, 429, 472, 473, 500, 502, 503, 504)
_UNDONE = (412, 429, 472, 473, 503)
"""Of these, those by which a server says that it has not even started: another try is no second write."""

_BAD_TOKEN = re.compile(r"^permission denied$|(?:invalid|bad|missing client) token")
"""A denied path says "1 error occurred: permission denied"; the bare words mean the token itself."""

_NO_NAMESPACE = re.compile(r"\bnamespace not found\b")
_NO_MOUNT = re.compile(r"^no handler for route\b")
_NOT_SENT = "set api_addr of its nodes; the token was not sent there"
_WHERE = "are VAULT_ADDR and VAULT_NAMESPACE right? (`bao namespace list`, `bao secrets list`)"
_UPGRADING = "Waiting for the primary to upgrade"
"""A new leader's 400 while its KV mount wakes up."""


class VaultError(SealwardError):
    """A request that failed. ``status`` is the HTTP status, 0 where the server was not reached; ``body``
    the JSON that came with it. ``bad_token`` says that the token itself is not accepted (any more),
    ``misdirected`` that the namespace or the address leads nowhere: every path is missing there.
    ``unmounted`` says that no engine is mounted where a path leads."""

    def __init__(self, message: str, hint: str, status: int = 0, transient: bool = False) -> None:
        super().__init__(message, hint)
        self.status = status
        self.transient = transient
        self.bad_token = False
        self.misdirected = False
        self.unmounted = False
        self.body: dict[str, Any] = {}

    @property
    def ends_the_run(self) -> bool:
        """Whether every further request would fail, too: the server is gone or sealed, the token ended, or
        nobody is where it was asked."""
        return self.bad_token or self.misdirected or self.transient or self.status == 503

    @property
    def is_of_the_path(self) -> bool:
        """Whether it is a fact about one path, and says nothing about others: it is not there, or not for
        this token."""
        return self.status in (403, 404) and not (self.bad_token or self.misdirected)


class _Turn(threading.local):
    """What one thread is at: since when it is patient, and whether it logs in just now."""

    def __init__(self) -> None:
        self.began: float | None = None
        self.logs_in = False


class Transport:
    """One server and one token; threads may share it. ``session`` is an hvac client; ``patience`` are seconds
    of the clock ``now``, which ``sleep`` lets go on. ``log_in``, where set, gives the session a new token;
    ``redirects`` are hosts (``HOST:PORT``) besides the server's own that a redirect may lead to, by the
    operator's word; ``wire``, where there is one, sends plain GETs at less cost. ``clock_offset`` is how far
    the server's clock is ahead of ``time.monotonic``, once it has said so."""

    def __init__(self, session: hvac.Client, address: str) -> None:
        self.session = session
        self.address = address
        self.namespace = str(session.adapter.namespace or "").strip("/")
        self.patience = PATIENCE_SECONDS
        self.now: Callable[[], float] = time.monotonic
        self.sleep: Callable[[float], object] = time.sleep
        self.answered = False
        self.log_in: Callable[[], None] | None = None
        self.redirects: frozenset[str] = frozenset()
        self.wire: Wire | None = None
        self.clock_offset: float | None = None
        self._lock = threading.RLock()
        self._turn = _Turn()

    @property
    def has_path(self) -> bool:
        """Whether the address has more than a host and a port: it may be wrong there."""
        found = address_of(self.address)
        return found is not None and bool(found.path)

    def request(self, method: str, path: str, **options: object) -> dict[str, Any]:
        """One request to ``/v1/PATH``, repeated while failures are transient: for reads, and for writes
        that the server refuses twice (check-and-set)."""
        return self.patiently(lambda: self.once(method, path, **options))

    def act(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """A POST that would do its work twice if it were sent twice (``rotate-role``): repeated only where
        the server says that it did nothing."""
        return self.patiently(
            lambda: self.once("post", path, json=body), lambda error: error.status in _UNDONE
        )

    def once(self, method: str, path: str, **options: object) -> dict[str, Any]:
        """One request, sent once; a token that has expired is replaced first, where a login can do it.

        Raises VaultError, ``transient`` where another try may succeed.
        """
        token = self.session.token
        try:
            return self._send(method, path, **options)
        except VaultError as error:
            if not error.bad_token or self.log_in is None or self._turn.logs_in:
                raise
        self._log_in_instead_of(token, self.log_in)
        return self._send(method, path, **options)

    def _log_in_instead_of(self, token: str | None, log_in: Callable[[], None]) -> None:
        """A new token in place of one that was refused, unless another thread has it already."""
        with self._lock:
            if self.session.token != token:
                return
            self._turn.logs_in = True
            try:
                log_in()
            finally:
                self._turn.logs_in = False

    def _send(self, method: str, path: str, **options: object) -> dict[str, Any]:
        import requests

        try:
            quick = self._quickly(path) if method == "get" and not options else None
            if quick is not None:
                self.answered = True
                self.clock_offset = _clock_offset(quick.date, self.clock_offset)
                return self._judged(path, quick.status, _object(quick.body))
            response = self._followed(method, f"/v1/{path}", options)
        except UnicodeError:
            hint = "write it in plain ASCII; was it pasted with a typographic character?"
            raise VaultError(f"a part of the request to {path} cannot be sent", hint) from None
        except requests.exceptions.SSLError:
            hint = "set VAULT_CACERT to the certificate of its authority"
            raise VaultError(f"the TLS certificate of {self.address} is not trusted", hint) from None
        except (requests.exceptions.RequestException, TimeoutError):
            hint = "is VAULT_ADDR right, and does the server run?"
            raise VaultError(f"Vault at {self.address} is unreachable", hint, transient=True) from None
        self.answered = True
        self.clock_offset = _clock_offset(response.headers.get("Date"), self.clock_offset)
        body = _body(response)
        if response.is_redirect:
            hint = "set api_addr of its nodes, or VAULT_ADDR to the active one"
            raise VaultError(f"{self.address} redirects more than once", hint)
        return self._judged(path, response.status_code, body)

    def _quickly(self, path: str) -> Answer | None:
        if self.wire is None:
            return None
        headers = {"X-Vault-Request": "true", "X-Vault-Token": self.session.token or ""}
        if self.session.adapter.namespace:
            headers["X-Vault-Namespace"] = self.session.adapter.namespace
        return self.wire.get(path, {name: text for name, text in headers.items() if text})

    def _judged(self, path: str, status: int, body: dict[str, Any] | None) -> dict[str, Any]:
        """The body of a good answer. Raises VaultError for any other."""
        if body is None and status in (200, 404):
            raise odd(path, self.address)  # a proxy's page, or another program's
        if status >= 400:
            raise explain(status, body or {}, path, self.address, self.namespace)
        if body is None:
            raise odd(path, self.address)
        return body

    def _followed(self, method: str, url: str, options: dict[str, object]) -> requests.Response:
        """The answer to a request, one redirect followed: a standby sends its clients to the leader."""
        send = self.session.adapter.request
        response: requests.Response = send(method, url, raise_exception=False, **options)
        target = response.headers.get("Location") if response.is_redirect else None
        if not target:
            return response
        target = urljoin(response.url, target)
        check_redirect(self.address, target, self.redirects)
        headers = {**response.request.headers}
        again = {name: value for name, value in options.items() if name not in ("headers", "params")}
        followed: requests.Response = self.session.adapter.session.request(
            method, target, headers=headers, allow_redirects=False, timeout=REQUEST_SECONDS, **again
        )
        return followed

    def patiently(self, attempt: Callable[[], T], again: Callable[[VaultError], bool] | None = None) -> T:
        """What ``attempt`` returns, tried again with growing pauses while it fails transiently (and ``again``
        allows it), for ``patience`` seconds: in all, where an attempt is itself patient about its parts.
        Raises the last VaultError."""
        outer, pause = self._turn.began, 0.1
        self._turn.began = began = self.now() if outer is None else outer
        try:
            while True:
                try:
                    return attempt()
                except VaultError as error:
                    patience = self.patience if self.answered else min(self.patience, FIRST_CONTACT_SECONDS)
                    if not error.transient or self.now() - began + pause > patience:
                        raise
                    if again is not None and not again(error):
                        raise
                self.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
                pause = min(pause * 2, 2.0)
        finally:
            self._turn.began = outer


def explain(status: int, body: dict[str, Any], path: str, address: str, namespace: str = "") -> VaultError:
    """What a refusal means to people, with the way out. ``body`` is the JSON of the response, ``namespace``
    where it was asked."""
    said = _said(body)
    reason = said.splitlines()[-1].strip(" *\t") if said else f"HTTP status {status}"
    if status == 503 and "sealed" in reason:
        error = VaultError(f"Vault at {address} is sealed", "unseal it: `bao operator unseal`", status)
    elif status == 403 and _BAD_TOKEN.search(said):
        hint = "log in again (`bao login`), or set VAULT_TOKEN"
        error = VaultError("the Vault token is missing, wrong or expired", hint, status)
        error.bad_token = True
    elif status == 403:
        shown = f"`bao token capabilities {shell.path(path)}`"
        hint = f"ask for a policy that allows it; {shown} shows what there is"
        error = VaultError(f"the token may not do this on {path}", hint, status)
    elif status == 404 and _NO_NAMESPACE.search(reason):
        error = VaultError(f"Vault at {address} has no namespace {namespace!r}", _WHERE, status)
        error.misdirected = True
    elif status == 404 and _NO_MOUNT.search(reason):
        inside = f" in the namespace {namespace}" if namespace else ""
        message = f"nothing is mounted where {path} leads{inside} (Vault at {address})"
        error = VaultError(message, "is the path right, with its mount? (`bao secrets list`)", status)
        error.unmounted = True
    elif status == 404:
        error = VaultError(f"Vault has nothing at {path}", "is the path right, with its mount?", status)
    elif status in _TRANSIENT or _UPGRADING in reason:
        hint = "try again, or look at the server's log"
        error = VaultError(f"Vault at {address} fails on {path}: {reason[:200]}", hint, status, True)
    else:
        error = VaultError(f"Vault refuses {path}: {reason[:200]}", "fix that and try again", status)
    error.body = body
    return error


def _said(body: dict[str, Any]) -> str:
    """What the server itself says of a refusal, if anything."""
    errors = body.get("errors")
    return " ".join(map(str, errors)).strip() if isinstance(errors, list) else ""


def check_redirect(address: str, target: str, allowed: Iterable[str]) -> None:
    """A token follows a redirect within its host alone, and never out of TLS. Raises VaultError."""
    parts = urlsplit(target)
    where = f"{parts.scheme}://{parts.netloc}"
    here, there = address_of(address), address_of(where)
    if here is None or there is None:
        raise VaultError(f"{address} redirects to {where}, which is not an address", _NOT_SENT)
    if (here.scheme, there.scheme) == ("https", "http"):
        raise VaultError(
            f"{address} redirects to {where}, without TLS",
            "set https in the server's api_addr; the token was not sent there",
        )
    named = (one for one in map(address_of, allowed) if one is not None)
    if there.host != here.host and not any(one.is_one_of([there]) for one in named):
        raise VaultError(
            f"{address} redirects to another host, {where}; the token was not sent there",
            f"if that is a node of your cluster: SEALWARD_VAULT_REDIRECTS={parts.netloc}",
        )


def misdirected(address: str, namespace: str) -> VaultError:
    """For a run none of whose secrets lies where it looks: that is no fact about any one of them."""
    inside = f" in the namespace {namespace}" if namespace else ""
    error = VaultError(
        f"no secret that is referred to has a mount on Vault at {address}{inside}", _WHERE, 404
    )
    error.misdirected = True
    return error


def odd(path: str, address: str) -> VaultError:
    """For an answer that is not Vault's: a captive portal, a proxy's page, a field that is missing."""
    hint = "is VAULT_ADDR right, and nothing between us and the server that answers in its place?"
    return VaultError(f"{address} answers on {path}, but not as Vault does", hint)


@contextlib.contextmanager
def understood(path: str, address: str) -> Iterator[None]:
    """A block that reads an answer: a shape that Vault's answers do not have is one clear VaultError."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError, RecursionError):
        raise odd(path, address) from None


def _clock_offset(date: str | None, known: float | None) -> float | None:
    """The server's time (seconds since 1970) less that of ``time.monotonic``, by the ``Date`` of an answer;
    what was known before, where it says none."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).timestamp() - time.monotonic() if date else known
    except (ValueError, TypeError, OverflowError):
        return known


def _body(response: requests.Response) -> dict[str, Any] | None:
    """The JSON object of an answer, an empty one for an empty answer; None for anything else."""
    return _object(response.content)


def _object(content: bytes) -> dict[str, Any] | None:
    if not content:
        return {}
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
