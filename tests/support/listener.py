"""A server that notes what it is asked: in front of a real one, or a stranger's that refuses everything."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Asked(NamedTuple):
    """One request: method, path, the token that came with it."""

    method: str
    path: str
    token: str | None


class Listener:
    """``address`` is where it listens, ``asked`` what came in, ``spans`` from when to when it was answered."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.asked: list[Asked] = []
        self.spans: list[tuple[float, float]] = []

    @property
    def depth(self) -> int:
        """How often nothing was under way when the next request came: each waited for those before it."""
        rounds, until = 0, float("-inf")
        for began, ended in sorted(self.spans):
            rounds += began >= until
            until = max(until, ended)
        return rounds


@contextlib.contextmanager
def listening(behind: str | None = None, delay: float = 0.0, ahead: float = 0.0) -> Iterator[Listener]:
    """Listen on this machine while the block lasts; requests go on to ``behind`` (``host:port``), if given,
    after as many seconds as ``delay`` says. Its clock is ``ahead`` of this machine's by so many seconds."""

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            began = time.monotonic()
            time.sleep(delay)
            listener.asked.append(Asked(self.command, self.path, self.headers.get("X-Vault-Token")))
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, answer = 403, b"{}"
            if behind is not None:
                connection = http.client.HTTPConnection(behind)
                headers = {key: value for key, value in self.headers.items() if key.lower() != "host"}
                connection.request(self.command, self.path, body, headers)
                response = connection.getresponse()
                status, answer = response.status, response.read()
                connection.close()
            listener.spans.append((began, time.monotonic()))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_PUT = do_POST = do_DELETE = do_LIST = do_PATCH = _any

        def date_time_string(self, timestamp: float | None = None) -> str:
            """The ``Date`` of an answer."""
            return super().date_time_string((timestamp or time.time()) + ahead)

        def log_message(self, *_: object) -> None:
            """Not on the terminal."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    listener = Listener(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
