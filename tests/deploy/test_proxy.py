"""kubectl as the way to a cluster: private, and ended in every case."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sealward.deploy.proxy import Cluster, serve
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from tests.support.kube import Space


def started(socket: str) -> list[str]:
    """The processes that were started for a socket."""
    listed = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if socket in line]


def gone(socket: str, seconds: float = 5) -> bool:
    """Whether soon nothing is left of a socket and its processes."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not started(socket) and not Path(socket).parent.exists():
            return True
        time.sleep(0.05)
    return False


def test_the_socket_is_private_and_nothing_is_left(space: Space) -> None:
    with serve(Cluster("admin")) as socket:
        assert stat.S_IMODE(os.stat(os.path.dirname(socket)).st_mode) == 0o700
        assert started(socket)
    assert gone(socket)


def test_it_ends_with_a_process_that_is_killed(space: Space) -> None:
    code = (
        "from sealward.deploy.proxy import Cluster, serve\n"
        "with serve(Cluster('admin')) as socket:\n    print(socket, flush=True)\n    import time; time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    socket = child.stdout.readline().strip()
    assert started(socket)
    child.kill()
    child.wait()
    assert gone(socket)


def test_a_context_that_is_not_there_is_said_at_once(space: Space) -> None:
    with (
        pytest.raises(SealwardError, match="kubectl cannot open a way to elsewhere"),
        serve(Cluster("elsewhere")),
    ):
        pass


def test_a_long_temporary_folder_is_no_obstacle(
    space: Space, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with serve(Cluster("admin")) as socket:
        assert len(socket) < 104
    assert list(deep.iterdir()) == []


def test_without_kubectl_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SealwardError, match="there is no kubectl on PATH; install it"), serve(Cluster("x")):
        pass
