"""Files are replaced whole, without following what somebody else may have put in the way."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from sealward import files
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "top" / "sub").mkdir(parents=True)
    file = tmp_path / "top" / "sub" / "s.enc.yaml"
    file.write_bytes(b"old")
    return file


def replace(target: Path, mark: str = "") -> None:
    files.replace(target, b"new", b"old", top=target.parents[1], mark=mark)


def beside(target: Path) -> list[str]:
    return sorted(one.name for one in target.parent.iterdir() if one != target)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_the_mode_stays(target: Path, mode: int) -> None:
    target.chmod(mode)
    replace(target)
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o7777 == mode
    assert beside(target) == []


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root gives files away")
def test_the_owner_stays(target: Path) -> None:
    os.chown(target, 1234, 4321)
    replace(target)
    assert (target.stat().st_uid, target.stat().st_gid) == (1234, 4321)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
def test_extended_attributes_stay(target: Path) -> None:
    try:
        os.setxattr(target, "user.note", b"kept")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    replace(target)
    assert os.getxattr(target, "user.note") == b"kept"


@pytest.mark.parametrize("mark", ["", "reencrypt"])
def test_a_link_with_the_name_of_a_temporary_file_is_never_followed(target: Path, mark: str) -> None:
    """Every name that a temporary file has ever had, for all processes of a small machine."""
    victim = target.parents[1] / "victim"
    victim.write_bytes(b"precious")
    for name in ("reencrypt", str(os.getpid()), "reencrypt-0000000000000000"):
        target.with_name(f".{target.name}.sealward-{name}").symlink_to(victim)
    files.sweep(target, mark)
    replace(target, mark)
    assert victim.read_bytes() == b"precious"
    assert target.read_bytes() == b"new"
    assert not target.is_symlink()
    assert len(beside(target)) == 3, "links are not ours to remove"


def test_a_target_that_is_a_link_is_refused(target: Path) -> None:
    link = target.with_name("link.enc.yaml")
    link.symlink_to(target)
    with pytest.raises(SealwardError, match="symbolic link"):
        files.replace(link, b"new", b"old", top=target.parents[1])
    assert target.read_bytes() == b"old"


def test_a_folder_that_is_a_link_is_refused(target: Path, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    (away / "s.enc.yaml").write_bytes(b"old")
    (target.parents[1] / "other").symlink_to(away)
    with pytest.raises(SealwardError, match="symbolic link"):
        files.replace(target.parents[1] / "other" / "s.enc.yaml", b"new", b"old", top=target.parents[1])
    assert (away / "s.enc.yaml").read_bytes() == b"old"


def test_a_top_behind_a_link_is_fine(target: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(target.parents[1])
    seen = tmp_path / "alias" / "sub" / target.name
    files.replace(seen, b"new", b"old", top=tmp_path / "alias")
    assert target.read_bytes() == b"new"


def test_a_fifo_is_refused(target: Path) -> None:
    pipe = target.with_name("p.enc.yaml")
    os.mkfifo(pipe)
    with pytest.raises(SealwardError, match="not a file"):
        files.check_replaceable(pipe, top=target.parents[1])


def test_a_change_in_between_is_not_overwritten(target: Path) -> None:
    target.write_bytes(b"edited")
    with pytest.raises(SealwardError, match="changed while we worked"):
        replace(target)
    assert target.read_bytes() == b"edited"


def test_what_killed_runs_left_is_swept(target: Path) -> None:
    """Names of today and of before; those of running processes and of other people stay."""
    done = subprocess.Popen(["true"])
    done.wait()
    gone = [f"{done.pid}", f"{done.pid}-00112233445566aa", "reencrypt", "reencrypt-00112233445566aa"]
    kept = [f"{os.getpid()}-00112233445566aa", "1", "notes.txt", "reencrypt-short"]
    for end in (*gone, *kept):
        target.with_name(f".{target.name}.sealward-{end}").write_bytes(b"part")
    files.sweep(target, "reencrypt")
    assert beside(target) == sorted(f".{target.name}.sealward-{end}" for end in kept)


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        (".s.enc.yaml.sealward-reencrypt", True),
        ("a/.s.enc.yaml.sealward-4711", True),
        ("a/.s.enc.yaml.sealward-4711-00112233445566aa", True),
        (".sealward.yaml", False),
        ("s.enc.yaml.sealward-4711", False),
        (".s.enc.yaml.sealward-notes.md", False),
    ],
)
def test_tracked_names_of_temporary_files(path: str, refused: bool) -> None:
    if refused:
        with pytest.raises(SealwardError, match="temporary file"):
            files.check_names(["b.yaml", path])
    else:
        files.check_names([path])
