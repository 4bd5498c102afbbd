"""What goes wrong in the middle of a rotation, on real parts: one clear line, and the old pin stays valid."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.rotation import steps
from sealward.sops import program as sops_program
from tests.support.repo import make
from tests.support.rotations import NAMES, POLICY, Trio, under_way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.fixture
def trio(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    return Trio(repo, sealer, bao)


def rotate_two(trio: Trio) -> int:
    """The secret that both files pin."""
    return main(["rotate", f"{trio.bao.mount}/bot/two", "key"])


def one_line(capsys: pytest.CaptureFixture[str], words: str) -> None:
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1, told
    assert "; " in told, "a way out follows"


def at(step: str, fault: Callable[[], None]) -> Callable[[str], None]:
    """A checkpoint at which something happens."""

    def checkpoint(name: str) -> None:
        if name == step:
            fault()

    return checkpoint


# --- before Vault is written: nothing has changed anywhere


def stand_in(folder: Path, script: str) -> str:
    """A ``sops`` that fails in a way of its own where it should set a value, and else is the real one."""
    file = folder / "sops"
    file.write_text(
        f'#!/bin/sh\nfile="$5"\ncase "$*" in *" set "*) {script};; esac\nexec {sops_program.find()} "$@"\n'
    )
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 1", "`sops set` failed with status 1"),
        ("kill -9 $$", "`sops set` failed with status -9"),
        ("exit 128", "no key at hand opens it"),
        ("exec sleep 60", "sops did not answer within 1 s"),
        (': > "$file"; exit 0', "does not read back"),
        ('echo "x: 1" >> "$file"; exit 0', "does not read back"),
        ("exit 0", "does not read back"),
        ('sed -i "s/lastmodified:.*/lastmodified: now/" "$file"; exit 0', "does not read back"),
    ],
)
def test_sops_fails(
    trio: Trio, script: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    program = stand_in(tmp_path, script)
    monkeypatch.setattr(sops_program, "find", lambda: program)
    monkeypatch.setattr(sops_program, "SECONDS", 1)
    assert rotate_two(trio) == 2
    one_line(capsys, words)
    assert trio.repo.git("status", "--porcelain") == ""
    assert trio.versions() == dict.fromkeys(NAMES, 1)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import time; time.sleep(60)", "did not answer within 1 s"),
        ("print('rubbish')", "did not answer with a JSON object"),
        ("print('{}')", "did not answer with the keys it was asked for"),
        ("print('x' * 10_000_000)", "answered more than 1 MiB"),
        ('print(\'{"error": "over quota"}\')', "says: over quota"),
        ("raise SystemExit(7)", "ended with status 7"),
        ("import os; os.kill(os.getpid(), 9)", "ended with status -9"),
    ],
)
def test_the_generator_fails(trio: Trio, code: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    generator = f"{{exec: [{sys.executable}, -c, {json.dumps(code)}]}}"
    policy = POLICY.format(mount=trio.bao.mount).replace("hex:16", generator) + "    timeout: 1s\n"
    trio.repo.commit({"vault/rotation.yaml": policy})
    assert rotate_two(trio) == 2
    one_line(capsys, words)
    assert trio.repo.git("status", "--porcelain") == ""
    assert trio.versions() == dict.fromkeys(NAMES, 1)
    assert under_way(trio.bao.client.metadata(trio.bao.mount, "bot/two").custom) == {}


def test_there_is_no_room_for_the_copies(
    trio: Trio, small_disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(small_disk)
    monkeypatch.setattr("tempfile.tempdir", str(small_disk))
    assert rotate_two(trio) == 2
    one_line(capsys, "No space left on device")
    assert trio.repo.git("status", "--porcelain") == ""
    assert trio.versions() == dict.fromkeys(NAMES, 1)


# --- after Vault was written: the old pin holds, and --resume finishes


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a file system can be mounted by root on Linux only")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def on_small_disk(small_disk: Path, sealer: Sealer, bao: Bao, monkeypatch: pytest.MonkeyPatch) -> Trio:
    trio = Trio(make(small_disk / "repo"), sealer, bao)
    monkeypatch.chdir(trio.repo.path)
    return trio


def fill(folder: Path) -> None:
    """Leave no room on a file system."""
    with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def test_the_disk_is_full(
    on_small_disk: Trio, small_disk: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    trio = on_small_disk
    with monkeypatch.context() as fault:
        fault.setattr(steps, "checkpoint", at("written", lambda: fill(small_disk)))
        assert rotate_two(trio) == 2
    one_line(capsys, "a.enc.yaml: cannot be replaced (No space left on device); make room")
    assert trio.pins()["two"] == {1}
    assert trio.bao.get("bot/two", 1)["key"] == "first value of two"
    (small_disk / "filler").unlink()
    assert main(["rotate", "--resume"]) == 0
    assert trio.problems() == []
    assert trio.versions()["two"] == 2


def test_the_folder_becomes_read_only(
    on_small_disk: Trio, small_disk: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    trio = on_small_disk

    def remount(how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(small_disk)], check=True)

    with monkeypatch.context() as fault:
        fault.setattr(steps, "checkpoint", at("replaced a.enc.yaml", lambda: remount("ro")))
        assert rotate_two(trio) == 2
    one_line(capsys, "b.enc.yaml: cannot be replaced (Read-only file system)")
    assert trio.pins()["two"] == {1, 2}, "each file is whole, and both pins are valid"
    assert rotate_two(trio) == 2
    one_line(capsys, "b.enc.yaml: its folder is read-only")
    remount("rw")
    assert main(["rotate", "--resume"]) == 0
    assert trio.problems() == []
    assert trio.versions()["two"] == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    trio.repo.path.chmod(0o555)
    try:
        assert rotate_two(trio) == 2
    finally:
        trio.repo.path.chmod(0o755)
    one_line(capsys, "a.enc.yaml: its folder is read-only")
    assert trio.versions() == dict.fromkeys(NAMES, 1)


def test_a_file_changes_under_us(
    trio: Trio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody sets another value meanwhile: their change is kept, and gets the new pin by --resume."""
    file = trio.repo.path / "b.enc.yaml"

    def edit() -> None:
        other = f'"vault:{trio.bao.mount}/data/bot/one#other#1"'.encode()
        command = [sops_program.find(), "set", "--value-stdin", file.name, '["new"]']
        subprocess.run(command, cwd=trio.repo.path, input=other, check=True)

    with monkeypatch.context() as fault:
        fault.setattr(steps, "checkpoint", at("written", edit))
        assert rotate_two(trio) == 2
    one_line(capsys, "b.enc.yaml: changed while we worked on it; run the command again")
    assert main(["rotate", "--resume"]) == 0
    assert trio.problems() == []
    assert trio.versions()["two"] == 2
    assert "new:" in file.read_text()


def test_ctrl_c(trio: Trio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as fault:
        fault.setattr(steps, "checkpoint", at("written", interrupt))
        assert rotate_two(trio) == 130
    one_line(capsys, "interrupted; `sealward rotate --resume` finishes what was under way")
    assert trio.pins()["two"] == {1}
    assert main(["rotate", "--resume"]) == 0
    assert trio.problems() == []


def test_a_commit_that_is_refused(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """What was rotated is told all the same, and is committed by hand."""
    hook = trio.repo.path / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    hook.chmod(0o755)
    assert main(["rotate", f"{trio.bao.mount}/bot/two", "key", "--commit"]) == 2
    told = capsys.readouterr()
    assert "rotated" in told.out
    assert told.err == (
        "sealward: git commit failed: no; fix that, then `sealward rotate --resume --commit` commits what is"
        " left in the work tree\n"
    )
    assert trio.problems() == []


@pytest.mark.parametrize(
    ("step", "words", "pins"),
    [
        ("noted", "bot/three was not rotated: Vault at", {"one": {2}, "three": {1}, "two": {1}}),
        (
            "replaced b.enc.yaml",
            "bot/three is rotated and pinned, but its entry",
            {"one": {2}, "three": {2}, "two": {1}},
        ),
    ],
)
def test_a_server_that_is_sealed_in_the_middle(
    step: str, words: str, pins: dict[str, set[int]],
    sealer: Sealer, repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """With a server of its own: the first secret is done, the second is under way, the third not started."""
    from sealward.demo.bao_server import dev_server
    from sealward.vault.connection import connect
    from tests.support.openbao import Bao as Server

    with dev_server() as where:
        monkeypatch.setenv("VAULT_ADDR", where.address)
        monkeypatch.setenv("VAULT_TOKEN", where.root_token)
        trio = Trio(repo, sealer, Server(where))
        seen: list[str] = []

        def seal(name: str) -> None:
            seen.append(name)
            if name == step and "ended" in seen:
                connect().post("sys/seal")

        monkeypatch.setattr(steps, "checkpoint", seal)
        assert main(["rotate", "--all", "--yes", "--commit"]) == 2
    told = sorted(capsys.readouterr().err.splitlines())
    assert len(told) == 2
    assert words in told[0]
    assert "is sealed; unseal it" in told[0]
    assert "bot/two was not rotated: it was not started" in told[1]
    assert trio.pins() == pins
    assert repo.git("status", "--porcelain") == "", "what was pinned is committed"
