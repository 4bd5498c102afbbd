"""One GET over a connection that is kept: what a survey sends by the thousand. ``requests`` needs four times
the processor's time for it, which is what such a run waits for on a fast network.

Only whole answers without a redirect are taken from here. Whatever else happens (a broken connection, a
certificate that is not trusted, a proxy in between) is for the session to ask again, and to explain.
"""

from __future__ import annotations

import os
import ssl
import weakref
from collections import deque
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests


class Answer(NamedTuple):
    """A whole answer: its status, its ``Date``, its body."""

    status: int
    date: str | None
    body: bytes


class Wire:
    """Kept connections to one server; threads may share it."""

    def __init__(self, address: str, authorities: str, seconds: float) -> None:
        """``authorities`` is a file or a folder of certificates."""
        parts = urlsplit(address)
        self._host = parts.netloc
        self._path = parts.path
        self._seconds = seconds
        self._secure = parts.scheme == "https"
        self._authorities = authorities
        self._context: ssl.SSLContext | None = None
        self._idle: deque[HTTPConnection] = deque()
        weakref.finalize(self, _close, self._idle)

    def get(self, path: str, headers: Mapping[str, str]) -> Answer | None:
        """What is answered on ``/v1/PATH``; None where that is not to be had so. Raises TimeoutError."""
        connection = None
        try:
            connection = self._idle.pop() if self._idle else self._connection()
            connection.request("GET", f"{self._path}/v1/{path}", headers=dict(headers))
            response = connection.getresponse()
            body = response.read()
        except (OSError, HTTPException, ValueError, IndexError) as error:
            if connection is not None:
                connection.close()
            if isinstance(error, TimeoutError):
                raise  # another try would wait as long again
            return None
        if response.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        if 300 <= response.status < 400:
            return None
        return Answer(response.status, response.getheader("Date"), body)

    def _connection(self) -> HTTPConnection:
        if not self._secure:
            return HTTPConnection(self._host, timeout=self._seconds)
        if self._context is None:
            self._context = _context(self._authorities)
        return HTTPSConnection(self._host, timeout=self._seconds, context=self._context)


def between(session: requests.Session, address: str, seconds: float) -> Wire | None:
    """A wire to a server as a session would reach it; None where a proxy, a login or a certificate of our own
    is in between, or certificates are not looked at."""
    import requests

    settings = session.merge_environment_settings(address, {}, None, session.verify, session.cert)
    verify = settings["verify"]
    if settings["cert"] or verify is False or requests.utils.select_proxy(address, settings["proxies"]):
        return None
    if session.trust_env and requests.utils.get_netrc_auth(address):
        return None
    return Wire(address, requests.utils.DEFAULT_CA_BUNDLE_PATH if verify is True else str(verify), seconds)


def _context(authorities: str) -> ssl.SSLContext:
    is_folder = os.path.isdir(authorities)
    return ssl.create_default_context(
        cafile=None if is_folder else authorities, capath=authorities if is_folder else None
    )


def _close(idle: deque[HTTPConnection]) -> None:
    while idle:
        idle.pop().close()
