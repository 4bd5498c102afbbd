"""The demo as users run it: it ends well, and leaves nothing behind, interrupted or not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-m", "sealward", "demo"]


def start(scratch: Path, *options: str) -> subprocess.Popen[str]:
    """The demo in a session of its own, its temporary files under ``scratch``."""
    environment = {**os.environ, "TMPDIR": str(scratch), "HOME": str(scratch)}
    return subprocess.Popen(
        [*COMMAND, *options], cwd=scratch, env=environment, start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def running(scratch: Path) -> list[str]:
    """Processes that work in the scratch folder."""
    done = subprocess.run(["ps", "-eo", "pid,args"], check=True, capture_output=True, text=True)
    servers = [line for line in done.stdout.splitlines() if "server -dev" in line]
    return [line for line in servers if str(scratch) in _environment(line.split()[0])]


def _environment(pid: str) -> str:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


@pytest.mark.slow
def test_the_story(tmp_path: Path) -> None:
    demo = start(tmp_path)
    told, _ = demo.communicate(timeout=120)
    assert demo.returncode == 0, told
    for words in (
        "[not-sealed]",
        "[plaintext-value]",
        "binance.api_key  pin 1 → 2",
        "permission denied",
        "1 file changed, 4 insertions(+), 4 deletions(-)",
        "api_key: vault:secret/data/bot/binance#api_key#2",
        "Rotate the Binance API key",
        "Nothing is left running.",
    ):
        assert words in told
    assert list(tmp_path.iterdir()) == []
    assert running(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.4, 1.5])
@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(tmp_path: Path, seconds: float, signal_number: int) -> None:
    demo = start(tmp_path)
    time.sleep(seconds)
    os.killpg(demo.pid, signal_number)
    told, _ = demo.communicate(timeout=60)
    assert demo.returncode == 128 + signal_number, told
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []
    assert running(tmp_path) == []


@pytest.mark.slow
def test_keep(tmp_path: Path) -> None:
    demo = start(tmp_path, "--keep", "kept")
    told, _ = demo.communicate(timeout=120)
    assert demo.returncode == 0, told
    folder = tmp_path / "kept" / "trading-bot"
    log = subprocess.run(["git", "log", "--oneline"], cwd=folder, check=True, capture_output=True, text=True)
    assert len(log.stdout.splitlines()) == 2
    assert "AGE-SECRET-KEY" in (tmp_path / "kept" / "age-identity.txt").read_text()
    again = start(tmp_path, "--keep", "kept")
    told, _ = again.communicate(timeout=60)
    assert again.returncode == 2
    assert "kept is not empty; name a new folder" in told
