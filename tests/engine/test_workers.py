"""Many sealed files on every core: the same report as from one process, and nobody left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.commands import check
from sealward.engine import workers
from tests.support.literals import expand

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

SEALED = 14
ALLOWED = expand("x: %s:ghp_%%b62:36%  # pragma: allowlist secret\n", 3)


@pytest.fixture
def several(repo: Repo, sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sealed files with every kind of finding, far enough apart that several processes come upon them;
    and a run that spreads what follows the first two of them."""
    texts = [
        f"key: vault:secret/data/bot#api_key#{1 + number % 3}\nport: {number}\n" for number in range(SEALED)
    ]
    texts[5] += "db_password: swordfish-7-Boat\n"
    files: dict[str, str | bytes] = {
        f"{'abc'[number % 3]}/{number:02}.enc.yaml": sealer.seal("x.enc.yaml", text)
        for number, text in enumerate(texts)
    }
    names = sorted(files)
    for name in (names[4], names[9]):
        files[name] = re.sub(rb"(port: ENC\[AES256_GCM,data:).", rb"\1/", _bytes(files[name]))
    files |= {
        "b/.sops.yaml": "creation_rules: 7\n",
        "c/.sops.yaml": "creation_rules: [1]\n",
        "b/plain.enc.yaml": "password: hunter22\n",
        "c/left.yaml": "x: 1\n",
        **{f"{folder}/allowed.yaml": ALLOWED for folder in "abc"},
        ".sops.yaml": sealer.rules(),
        ".sealward.yaml": "exempt:\n  - path: b/01.enc.yaml\n    rules: [broken-configuration]\n    reason: x\n",
    }
    repo.commit({"readme.txt": "x"})
    repo.commit(files)
    repo.write({names[-1]: _bytes(files[names[3]])})
    monkeypatch.setattr(check, "MANY", 2)
    return sorted(name for name in files if name.endswith(".yaml") and not name.startswith("."))


def _bytes(content: str | bytes) -> bytes:
    assert isinstance(content, bytes)
    return content


@pytest.mark.parametrize("many", [2, 1_000])
def test_progress_is_shown_to_the_end(
    many: int, several: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn: list[tuple[int, int, str]] = []
    monkeypatch.setattr(check, "MANY", many)
    monkeypatch.setattr(check, "progress", lambda: lambda *one: drawn.append(one))
    assert main(["check", *several]) == 1
    assert capsys.readouterr().out
    numbers = [number for number, _, _ in drawn]
    assert numbers == sorted(numbers)
    assert {total for _, total, _ in drawn} == {len(several)}
    assert numbers[-1] == len(several)


@pytest.mark.parametrize(
    "words",
    [
        [], ["--strict", "--format", "json"], ["--only", "vault-references"], ["--require-keys"],
        ["--all"], ["--from-ref", "HEAD~1"], ["--staged"],
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("keys", [True, False])
def test_the_report_is_that_of_one_process(
    words: list[str],
    keys: bool,
    several: list[str],
    repo: Repo,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repo.git("add", "--all")
    if not keys:
        monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    given = [] if {"--all", "--from-ref", "--staged"} & set(words) else several
    said = []
    for count in (1, 2, 3, 5):
        monkeypatch.setattr(workers, "processes", lambda count=count: count)
        said.append((main(["check", *words, *given]), *capsys.readouterr()))
    assert said[1:] == said[:1] * 3
    assert said[0][1].strip()
    if words == ["--strict", "--format", "json"] and keys:
        for rule in ("mixed-reference", "literal-secret", "value-tampered", "broken-configuration"):
            assert rule in said[0][1]


def test_the_first_error_in_the_order_of_the_files_is_told(
    several: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for count in (1, 2, 3):
        monkeypatch.setattr(workers, "processes", lambda count=count: count)
        given = [*several[:7], "absent-1.yaml", *several[7:], "absent-2.yaml"]
        assert main(["check", *given]) == 2
        assert "absent-1.yaml: no such file" in capsys.readouterr().err


def test_a_helper_that_ends_early_fails_the_run(
    several: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(workers, "processes", lambda: 2)
    monkeypatch.setattr(workers, "_packed", lambda share: os.kill(os.getpid(), signal.SIGKILL))
    assert main(["check", *several]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "ended early" in told.err


def test_what_is_no_share_of_findings_never_gets_through_the_pipe() -> None:
    from sealward.engine.run import Counts
    from sealward.plaintext import Plaintext

    share = workers._Share([], Counts(), [], (1, Plaintext(b"x"), ""))
    with pytest.raises(ValueError, match="unmarshallable"):
        workers._packed(share)


SLOW = """\
import os, sys, time
from sealward.engine import run, workers
from sealward.cli import main
from sealward.commands import check

check.MANY, workers.HANDFUL, workers.processes = 2, 1, lambda: 3
judge = run.Run.judge

def slowly(self, source):
    if self.counts.sealed >= check.MANY:
        os.write(1, b"%d\\n" % os.getpid())
        time.sleep(0.5)
    return judge(self, source)

run.Run.judge = slowly
sys.exit(main(["check", *sys.argv[1:]]))
"""


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (lambda one: os.killpg(one.pid, signal.SIGINT), 130),
        (lambda one: one.send_signal(signal.SIGINT), 130),
        (lambda one: one.terminate(), 128 + signal.SIGTERM),
        (lambda one: one.kill(), -signal.SIGKILL),
    ],
    ids=["ctrl-c", "interrupted", "terminated", "killed"],
)
def test_no_helper_is_left(
    end: Callable[[subprocess.Popen[str]], None], status: int, several: list[str], repo: Repo
) -> None:
    words = [sys.executable, "-c", SLOW, *several]
    with subprocess.Popen(
        words, cwd=repo.path, stdout=-1, stderr=-1, text=True, start_new_session=True
    ) as one:
        assert one.stdout is not None
        assert one.stderr is not None
        seen: set[int] = set()
        while len(seen) < 3:
            seen.add(int(one.stdout.readline()))
        end(one)
        assert one.wait(timeout=20) == status
        told = one.stderr.read()  # ends when the last of them has let go of it
    assert "Traceback" not in told
    deadline = time.monotonic() + 10
    while (left := [pid for pid in seen if os.path.exists(f"/proc/{pid}")]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def test_a_few_files_are_judged_here_alone(
    repo: Repo, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write({"s.enc.yaml": sealer.seal("s.enc.yaml", "key: vault:secret/data/bot#api_key#1\n")})
    monkeypatch.setattr(workers, "judge_all", None)
    assert main(["check", "s.enc.yaml"]) == 0


def test_one_core_is_never_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1 <= workers.processes() <= workers.MOST
    monkeypatch.delattr(os, "fork")
    assert workers.processes() == 1
