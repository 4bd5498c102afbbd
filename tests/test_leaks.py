"""No secret leaves memory: canaries are planted and searched for wherever one could show."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.report import FORMATS

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

CANARY = "canary7Qx2mZ9vKd4RtL8w"
TEXT = f"password: {CANARY}\nnote: of {CANARY}\nurl: https://u:{CANARY}@host/x\nlist:\n    - {CANARY}\n"


def everywhere(folder: Path) -> list[str]:
    """The files under a folder that hold the canary."""
    found = []
    for file in folder.rglob("*"):
        if file.is_file() and CANARY.encode() in file.read_bytes():
            found.append(str(file))
    return found


@pytest.mark.parametrize("spoil", [False, True])
def test_check_never_shows_what_is_inside(
    spoil: bool,
    repo: Repo,
    sealer: Sealer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    data = sealer.seal("s.enc.yaml", TEXT)
    repo.write({"s.enc.yaml": data.replace(b"note:", b"renamed:") if spoil else data})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", None)
    for form in FORMATS:
        assert main(["check", "s.enc.yaml", "--require-keys", "--format", form]) == 1
        told = capfd.readouterr()
        assert "literal-secret" in told.out
        assert CANARY not in told.out + told.err
    assert everywhere(repo.path) == []
    assert everywhere(scratch) == []


def test_plaintext_is_reported_without_it(repo: Repo, capfd: pytest.CaptureFixture[str]) -> None:
    repo.write({"s.enc.yaml": TEXT})
    for form in FORMATS:
        assert main(["check", "s.enc.yaml", "--format", form]) == 1
        told = capfd.readouterr()
        assert CANARY not in told.out + told.err


def test_an_exception_does_not_carry_it(sealer: Sealer) -> None:
    import traceback

    from sealward.document import parse
    from sealward.sops.reading.decryption import decrypt
    from sealward.sops.reading.identities import find

    opened = decrypt(parse("s.enc.yaml", sealer.seal("s.enc.yaml", TEXT)), find())
    try:
        raise RuntimeError(opened, opened.values, [value.plaintext for value in opened.values])
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert CANARY not in shown


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are watched through /proc")
@pytest.mark.parametrize("fail", [False, True])
def test_rotation_keeps_the_value_to_itself(
    fail: bool, repo: Repo, sealer: Sealer, bao: Bao, tmp_path: Path
) -> None:
    """Watched from outside while it runs: arguments and environment of every process, then all files."""
    bao.put("bot", key=f"old-{CANARY}")
    text = f"key: vault:{bao.mount}/data/bot#key#1\n"
    verify = (
        f"    verify: [{sys.executable}, -c, 'import sys, time; time.sleep(0.3); sys.exit({int(fail)})']\n"
    )
    policy = f"policies:\n  p:\n    paths: [{bao.mount}/**]\n    every: 7d\n{verify}"
    repo.commit(
        {
            ".sops.yaml": sealer.rules(),
            "s.enc.yaml": sealer.seal("s.enc.yaml", text),
            "vault/rotation.yaml": policy,
        }
    )
    words = ["rotate", f"{bao.mount}/bot", "key", "--value-stdin"]
    assert watch_rotation(words, repo.path, tmp_path, f"new-{CANARY}\n") == (2 if fail else 0)
    kept = "old" if fail else "new"  # a value is tried before it is written
    assert bao.get("bot") == {"key": f"{kept}-{CANARY}"}


PROGRAM = """\
import json, sys, time
asked = json.load(sys.stdin)
assert asked.get("values", {}).get("key", "-").endswith("-" if asked["action"] == "generate" else CANARY)
time.sleep(0.2)
print(json.dumps({"values": {"key": "new-" + CANARY}}), file=sys.stderr)
print(json.dumps({"values": {"key": "new-" + CANARY}}))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are watched through /proc")
def test_programs_of_the_user_keep_values_to_themselves(
    repo: Repo, sealer: Sealer, bao: Bao, tmp_path: Path
) -> None:
    """Generator, verification and retirement, each with the values in clear on a pipe, and a chatty one."""
    bao.put("bot", key=f"old-{CANARY}")
    spelled = f'CANARY = "{CANARY[::-1]}"[::-1]\n'
    program = repo.path.parent / "program.py"
    program.write_text(spelled + PROGRAM)
    command = f"[{sys.executable}, {program}]"
    policy = (
        f"policies:\n  p:\n    paths: [{bao.mount}/**]\n    every: 7d\n    generator: {{exec: {command}}}\n"
        f"    verify: {command}\n    retire: {command}\n    grace: 1s\n"
    )
    repo.commit(
        {
            ".sops.yaml": sealer.rules(),
            "s.enc.yaml": sealer.seal("s.enc.yaml", f"key: vault:{bao.mount}/data/bot#key#1\n"),
            "vault/rotation.yaml": policy,
        }
    )
    assert watch_rotation(["rotate", "--all", "--yes", "--commit"], repo.path, tmp_path) == 0
    assert bao.get("bot") == {"key": f"new-{CANARY}"}
    assert CANARY not in repo.git("log", "-p")
    time.sleep(1.1)  # the grace
    (tmp_path / "second").mkdir()
    assert watch_rotation(["rotate", "--resume"], repo.path, tmp_path / "second") == 0
    assert "sealward-retired-1" in bao.client.metadata(bao.mount, "bot").custom


def watch_rotation(words: list[str], folder: Path, scratch_parent: Path, stdin: str = "") -> int:
    """Run a rotation, and look at all processes and files while it runs; returns its exit status."""
    scratch = scratch_parent / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "sealward", *words], cwd=folder, env={**os.environ, "TMPDIR": str(scratch)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(stdin.encode())
    process.stdin.close()
    seen = 0
    while process.poll() is None:
        seen += 1
        assert watched() == []
        assert everywhere(scratch) == []
        time.sleep(0.005)
    assert process.stdout is not None
    assert process.stderr is not None
    told = process.stdout.read() + process.stderr.read()
    assert seen > 10
    assert CANARY.encode() not in told
    assert everywhere(folder) == []
    return process.returncode


def watched() -> list[str]:
    """Processes, but for this one, whose arguments or environment hold the canary."""
    found = []
    for name in ("cmdline", "environ"):
        for file in Path("/proc").glob(f"[0-9]*/{name}"):
            try:
                if int(file.parts[2]) != os.getpid() and CANARY.encode() in file.read_bytes():
                    found.append(str(file))
            except OSError:
                continue
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="how dumpable a process is, is read through /proc")
def test_no_core_dump_while_a_data_key_is_in_memory() -> None:
    code = (
        "from sealward.plaintext import forbid_core_dumps; forbid_core_dumps()\n"
        "import ctypes, resource; print(ctypes.CDLL(None).prctl(3), resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "0"]
