"""Whatever happens ends in a status and at most one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sealward import cli
from sealward.cli import main
from tests.support.terminal import on_terminal

if TYPE_CHECKING:
    from tests.support.repo import Repo

SEALWARD = [sys.executable, "-m", "sealward"]
PLAIN = "password: correct-horse\n"


def run(
    *words: str, stdout: int | None = -1, shell: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", "-c", f'"$@" {shell}', "sh", *SEALWARD, *words] if shell else [*SEALWARD, *words]
    environment = {**os.environ, **variables}
    return subprocess.run(command, stdout=stdout, stderr=-1, text=True, env=environment, check=False)


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_teaches(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([command, "--help"], ["help", command]):
        with pytest.raises(SystemExit) as end:
            main(words)
        assert end.value.code == 0
        assert f"usage: sealward {command}" in capsys.readouterr().out


def test_a_fault_of_ours_has_a_status_of_its_own(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sealward.engine import run as engine

    def broken(*_: object) -> None:
        raise ValueError("a line of a file: hunter2")

    monkeypatch.setattr(engine.Run, "judge", broken)
    repo.write({"a.yaml": PLAIN})
    assert main(["check", "a.yaml"]) == 3
    told = capsys.readouterr()
    assert "a fault of Sealward (ValueError in test_cli.py:" in told.err
    assert told.err.count("\n") == 1
    assert "hunter2" not in told.err + told.out
    monkeypatch.setenv("SEALWARD_TRACEBACK", "1")
    assert main(["check", "a.yaml"]) == 3
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("name", ["text", "json", "sarif", "github"])
def test_nowhere_to_print_to(repo: Repo, name: str) -> None:
    repo.write({"a.enc.yaml": PLAIN})
    for shell in (">/dev/full", ">&-"):
        done = run("check", "a.enc.yaml", "--format", name, shell=shell)
        assert done.returncode == 2, done.stderr
        assert done.stderr.count("\n") == 1
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "words", [[], ["--help"], ["--version"], ["help", "check"], ["check", "--help"], ["explain"]]
)
@pytest.mark.parametrize("shell", [">/dev/full", ">&-"])
def test_nowhere_to_print_help_to(words: list[str], shell: str) -> None:
    done = run(*words, shell=shell)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("shell", ["2>/dev/full", "2>&-"])
def test_nowhere_to_complain_to(shell: str) -> None:
    for words in (["chekc"], ["check", "absent"], ["check", "--opps"]):
        done = run(*words, shell=shell)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


@pytest.mark.parametrize("encoding", ["ascii", "ascii:strict", "utf-8:strict", "latin-1"])
@pytest.mark.parametrize("name", ["text", "json", "sarif", "github"])
def test_names_of_any_bytes_in_any_encoding(repo: Repo, encoding: str, name: str) -> None:
    file = os.fsencode(repo.path) + b"/bad\xff\xe2\x80\xae.enc.yaml"
    Path(os.fsdecode(file)).write_text(PLAIN)
    repo.write({"caf\u00e9.enc.yaml": PLAIN})
    repo.git("add", "--all")
    done = subprocess.run(
        [*SEALWARD, "check", "--all", "--format", name],
        capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.count(b"not-sealed") >= 2


def test_names_that_write_into_the_log_of_a_runner(repo: Repo) -> None:
    names = [
        "a\n::error file=x::pwn\n::stop-commands::zz\n.enc.yaml",
        "e\x1b[2J\x07.enc.yaml",
        "::error::b.enc.yaml",
    ]
    repo.write(dict.fromkeys(names, PLAIN))
    repo.git("add", "--all")
    for words in (
        ["check", "--all"],
        ["check", "--all", "--format", "github"],
        ["check", names[1], "absent\x1b[31m"],
    ):
        done = run(*words)
        for line in (done.stdout + done.stderr).splitlines():
            assert line.isprintable()
            assert not line.lstrip().startswith("::") or line.startswith(("::error file=", "::warning file="))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_polite_end_cleans_up(number: signal.Signals, tmp_path: Path) -> None:
    """The demo has a server and folders to take away."""
    environment = {
        **os.environ,
        "TMPDIR": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    with subprocess.Popen([*SEALWARD, "demo"], stdout=-1, stderr=-1, env=environment, text=True) as one:
        assert one.stdout is not None
        one.stdout.readline()
        one.send_signal(number)
        assert one.wait(20) == 128 + number
        assert one.stderr is not None
        told = one.stderr.read()
    assert told.count("\n") == 1, told
    time.sleep(0.2)
    assert [file.name for file in tmp_path.iterdir() if "sealward" in file.name] == []


def test_ctrl_d_at_a_question_is_an_interrupt(tmp_path: Path) -> None:
    code = "from sealward import cli; from sealward.terminal import ask; cli._run = lambda *_: ask('Really?'); import sys; sys.exit(cli.main(['rotate']))"
    shown = on_terminal([sys.executable, "-c", code], b"\x04")
    assert b"sealward: interrupted; `sealward rotate --resume`" in shown
    assert b"Traceback" not in shown
