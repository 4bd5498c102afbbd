"""Users' programs: bounded in time and size, rid of our credentials, and never quoted."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.rotation.values.child import LARGEST, ask

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary-3f1b"


def script(folder: Path, text: str, name: str = "new-key") -> tuple[str, ...]:
    """An executable shell script in a folder, as a command relative to it."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return (f"./{name}",)


def test_the_request_goes_in_and_the_answer_comes_out(tmp_path: Path) -> None:
    assert ask(script(tmp_path, "cat"), b"request", 10, str(tmp_path)) == b"request"


def test_a_large_request_to_a_program_that_does_not_read(tmp_path: Path) -> None:
    assert ask(script(tmp_path, "echo done"), b"x" * 500_000, 10, str(tmp_path)) == b"done\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"echo {CANARY}; echo {CANARY} >&2; exit 3", "ended with status 3"),
        (f"echo {CANARY}; sleep 30", "did not answer within 0.3 s"),
        (f"echo {CANARY}; exec >&-; sleep 30", "did not end"),
        (f"yes {CANARY}", "more than 1 MiB"),
        ("kill -9 $$", "ended with status -9"),
    ],
    ids=["fails", "hangs", "closes-and-hangs", "endless", "killed"],
)
def test_bad_programs(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SealwardError, match=reason) as caught:
        ask(script(tmp_path, text), b"", 0.3 if "sleep" in text else 20, str(tmp_path))
    assert CANARY not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_ten_megabytes_are_not_kept(tmp_path: Path) -> None:
    with pytest.raises(SealwardError, match="more than 1 MiB"):
        ask(script(tmp_path, f"head -c {10 * LARGEST} /dev/zero"), b"", 20, str(tmp_path))


def test_nothing_that_it_started_goes_on(tmp_path: Path) -> None:
    command = script(tmp_path, "sleep 300 & echo $! > child; sleep 300")
    with pytest.raises(SealwardError, match="did not answer"):
        ask(command, b"", 0.5, str(tmp_path))
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not alive(child):
            break
        time.sleep(0.05)
    assert not alive(child)


def alive(process: int) -> bool:
    """Whether a process runs; one that ended and waits for its parent does not."""
    try:
        os.kill(process, 0)
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("./absent",), "cannot run ./absent: No such file"),
        (("no-such-program-here",), "cannot run no-such-program-here: No such file"),
        (("./plain",), "cannot run ./plain: Permission denied"),
        (("a\0b",), "not a program's name"),
    ],
)
def test_what_cannot_be_run(tmp_path: Path, command: tuple[str, ...], reason: str) -> None:
    (tmp_path / "plain").write_text("")
    with pytest.raises(SealwardError, match=reason):
        ask(command, b"", 5, str(tmp_path))


def test_our_credentials_stay_with_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = (
        "VAULT_TOKEN", "BAO_TOKEN", "SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "GITHUB_TOKEN", "GH_TOKEN", "VAULT_SECRET_ID",
    )  # fmt: skip
    for name in (*names, "SLACK_TOKEN"):
        monkeypatch.setenv(name, CANARY)
    command = script(
        tmp_path,
        f"{json.dumps(__import__('sys').executable)} -c 'import json,os;print(json.dumps(dict(os.environ)))'",
    )
    seen = json.loads(ask(command, b"", 20, str(tmp_path)))
    assert not set(names) & set(seen)
    assert "SLACK_TOKEN" not in seen
    assert "PATH" in seen
    passed = json.loads(ask(command, b"", 20, str(tmp_path), ["GH_TOKEN", "SLACK_TOKEN"]))
    assert passed["GH_TOKEN"] == passed["SLACK_TOKEN"] == CANARY
    assert "VAULT_TOKEN" not in passed
