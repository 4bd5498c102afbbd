"""``sealward exec``: the command's environment, its signals, its status; and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

CANARY = "Canary 0815 $(touch x) 'quoted' \"twice\" ünï"


def run(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sealward", "exec", *words], capture_output=True, text=True, check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip


@pytest.fixture
def sealed(repo: Repo, sealer: Sealer, bao: Bao) -> Repo:
    bao.put("bot", key=CANARY, url="host")
    text = f"API_KEY=vault:{bao.mount}/data/bot#key#1\nURL=https://${{vault:{bao.mount}/data/bot#url#1}}/x\nMODE=paper\nEMPTY=\n"
    repo.commit({"s.enc.env": sealer.seal("s.enc.env", text)})
    return repo


def test_the_command_gets_the_values_and_its_status_is_passed_on(sealed: Repo) -> None:
    code = (
        "import os, sys; print([os.environ[n] for n in ('API_KEY', 'URL', 'MODE', 'EMPTY')]);"
        "print([n for n in ('VAULT_TOKEN', 'SOPS_AGE_KEY_FILE') if n in os.environ]); print(sys.argv[1:]); sys.exit(7)"
    )
    done = run("--", sys.executable, "-c", code, "--", "a b", "$API_KEY", "*")
    assert done.returncode == 7, done.stderr
    assert done.stdout.splitlines() == [
        str([CANARY, "https://host/x", "paper", ""]), "[]", "['--', 'a b', '$API_KEY', '*']"
    ]  # fmt: skip
    assert not (sealed.path / "x").exists()
    assert sealed.git("status", "--porcelain") == ""


def test_what_is_passed_by_the_operator_is_passed(sealed: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEALWARD_PASS", "VAULT_TOKEN")
    code = "import os; print('VAULT_TOKEN' in os.environ, 'SOPS_AGE_KEY_FILE' in os.environ)"
    assert run("s.enc.env", "--", sys.executable, "-c", code).stdout == "True False\n"


def test_signals_are_the_commands_own(sealed: Repo) -> None:
    code = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))\n"
        "print(os.getpid(), signal.getsignal(signal.SIGPIPE) != signal.SIG_IGN or sys.flags, flush=True)\n"
        "time.sleep(30)\n"
    )
    words = [sys.executable, "-m", "sealward", "exec", "s.enc.env", "--", sys.executable, "-c", code]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert int(child.stdout.readline().split()[0]) == child.pid  # the command took our place
    child.send_signal(signal.SIGTERM)
    assert child.wait(10) == 9


def test_a_dry_run_names_variables_and_references(
    sealed: Repo, bao: Bao, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["exec", "--dry-run"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"API_KEY  {bao.mount}/bot#key#1", "EMPTY  (literal)", "MODE  (literal)", f"URL  {bao.mount}/bot#url#1"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["s.enc.env"], "there is no command behind `--`"),
        (["s.enc.env", "--"], "there is no command behind `--`"),
        (["s.enc.env", "--", "/nonexistent/x"], "cannot run /nonexistent/x (No such file or directory)"),
        (["other", "--", "true"], "other: No such file or directory"),
        (["--kyes", "as-is", "--", "true"], "no option --kyes; did you mean --keys?"),
    ],
)
def test_mistakes(words: list[str], said: str, sealed: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    def status() -> int:
        try:
            return main(["exec", *words])
        except SystemExit as ended:
            return int(ended.code or 0)

    assert status() == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Canary" not in told


def test_several_files_are_named(
    sealed: Repo, sealer: Sealer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed.commit({"t.enc.env": sealer.seal("t.enc.env", "MORE=1\n")})
    assert main(["exec", "--", "true"]) == 2
    assert "there are 2 sealed files here; name one: s.enc.env, t.enc.env" in capsys.readouterr().err
    assert main(["exec", "--dry-run", "s.enc.env", "t.enc.env"]) == 0
    assert "MORE  (literal)" in capsys.readouterr().out


def test_a_reference_that_is_gone_runs_nothing(
    sealed: Repo, bao: Bao, capsys: pytest.CaptureFixture[str]
) -> None:
    bao.client.post(f"{bao.mount}/delete/bot", versions=[1])
    assert main(["exec", "--", "touch", "ran"]) == 2
    assert "s.enc.env:1:9: API_KEY: version 1 of" in capsys.readouterr().err
    assert not (sealed.path / "ran").exists()
