"""The way to a cluster: ``kubectl proxy`` on a private socket. kubectl does all authentication.

Values go over that socket, never through kubectl's arguments or environment, nor through files. Whatever
becomes of this process, the proxy ends with it: a shell waits for the end of a pipe that we hold, and ends
what it started.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

from sealward import children
from sealward.children import Child
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterator

READY_SECONDS = 20.0
"""How long kubectl may take to listen: a credential plugin is not asked before the first request."""

LONGEST = 100
"""Bytes of a socket's path: systems take 104 to 108."""

_GUARD = """
"$@" </dev/null >/dev/null 2>&1 &
child=$!
trap '' TERM HUP INT
exec 3<&0
{ read -r line <&3; kill -TERM 0; } >/dev/null 2>&1 &
wait "$child"
rm -f "$SEALWARD_SOCKET"
rmdir "${SEALWARD_SOCKET%/*}"
"""
"""Ends kubectl, and whatever it started, when our end of the pipe is closed, also by the system."""


class Cluster(NamedTuple):
    """Which cluster: a context of the kubeconfig, or the one that this process runs in."""

    context: str = ""
    in_cluster: bool = False

    @property
    def name(self) -> str:
        """As people call it."""
        return self.context or "the cluster around this process"


@contextlib.contextmanager
def serve(cluster: Cluster) -> Iterator[str]:
    """The path of a socket that speaks the API of a cluster, for the time of the block.

    Raises SealwardError where there is no kubectl, or no such context.
    """
    program = shutil.which("kubectl")
    if program is None:
        hint = "install it (https://kubernetes.io/docs/tasks/tools), the version of your cluster"
        raise SealwardError("there is no kubectl on PATH", hint)
    folder = _folder()
    socket = os.path.join(folder, "s")
    process = _start([program, *_words(cluster), f"--unix-socket={socket}"], cluster, socket)
    try:
        _wait(process, socket, cluster)
        yield socket
    finally:
        _end(process)
        shutil.rmtree(folder, ignore_errors=True)


def _words(cluster: Cluster) -> list[str]:
    return ["proxy", *([] if cluster.in_cluster else [f"--context={cluster.context}"])]


def _folder() -> str:
    """A folder that nobody else may look into, with a path that a socket's may have."""
    for place in (None, "/tmp"):  # noqa: S108 - mkdtemp makes it private
        try:
            folder = tempfile.mkdtemp(prefix="sealward-k-", dir=place)
        except OSError as error:
            hint = "make room there, or set TMPDIR to another folder"
            raise SealwardError(f"the temporary folder cannot be used ({error.strerror})", hint) from None
        if len(os.fsencode(folder)) + 2 <= LONGEST:
            return folder
        os.rmdir(folder)
    raise SealwardError(
        "the path of the temporary folder is too long for a socket", "set TMPDIR to a shorter one"
    )


def _start(command: list[str], cluster: Cluster, socket: str) -> subprocess.Popen[bytes]:
    environment = children.environment(Child.KUBECTL) | {"SEALWARD_SOCKET": socket}
    if cluster.in_cluster:
        environment = {name: value for name, value in environment.items() if name != "KUBECONFIG"}
        environment["HOME"] = os.path.dirname(socket)
    try:
        return subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "sealward-kubectl", *command],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=environment, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise SealwardError(f"cannot run kubectl ({error.strerror})", "is it executable?") from None


def _wait(process: subprocess.Popen[bytes], socket: str, cluster: Cluster) -> None:
    """Until the proxy listens. Raises SealwardError where it ends instead."""
    until = time.monotonic() + READY_SECONDS
    while not os.path.exists(socket):
        if process.poll() is not None or time.monotonic() > until:
            raise SealwardError(
                f"kubectl cannot open a way to {cluster.name}",
                "is there such a context (`kubectl config get-contexts`)? `kubectl proxy` shows what it says",
            )
        time.sleep(0.01)


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, 9)
        process.wait()
