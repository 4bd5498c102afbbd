"""Many files as one: every fault leaves all old, or something that the next run finishes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sealward import files
from sealward.errors import SealwardError
from sealward.reencryption.transaction import Change, Transaction

OLD = {"a": b"old a", "b": b"old b", "c": b"old c"}
NEW = {"a": b"new a", "b": b"new b", "c": b"new c"}
CHANGES = [Change.of(path, OLD[path], NEW[path], renewed=path == "b") for path in OLD]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "git").mkdir()
    (tmp_path / "top").mkdir()
    for path, data in OLD.items():
        (tmp_path / "top" / path).write_bytes(data)
    return tmp_path / "top"


def begun(top: Path) -> Transaction:
    return Transaction(str(top), str(top.parent / "git" / "sealward-reencrypt"))


def held(top: Path) -> dict[str, bytes]:
    return {path: (top / path).read_bytes() for path in OLD}


def left_over(top: Path) -> list[str]:
    return sorted(file.name for file in top.parent.rglob("*") if "sealward" in file.name)


def disk_full(monkeypatch: pytest.MonkeyPatch, when: int) -> None:
    """The n-th write fails."""
    real, calls = files.write, iter(range(1, 100))

    def write(target: Path, data: bytes, mode: int, mark: str, **others: Path | None) -> None:
        if next(calls) == when:
            raise OSError(28, "No space left on device")
        real(target, data, mode, mark, **others)

    monkeypatch.setattr(files, "write", write)


def test_all(top: Path) -> None:
    (top / "a").chmod(0o640)
    with begun(top) as transaction:
        transaction.commit(CHANGES)
        assert left_over(top) == ["sealward-reencrypt"], "until the run ends"
        transaction.end()
    assert held(top) == NEW
    assert (top / "a").stat().st_mode & 0o777 == 0o640
    assert left_over(top) == []


def test_no_room_for_the_journal_changes_nothing(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk_full(monkeypatch, 1)
    with begun(top) as transaction, pytest.raises(SealwardError, match=r"cannot be written .No space left"):
        transaction.commit(CHANGES)
    assert held(top) == OLD
    assert left_over(top) == []


@pytest.mark.parametrize("when", [2, 3, 4, 5])
def test_no_room_later_is_finished_by_the_next_run(
    top: Path, monkeypatch: pytest.MonkeyPatch, when: int
) -> None:
    disk_full(monkeypatch, when)
    with begun(top) as transaction, pytest.raises(SealwardError) as caught:
        transaction.commit(CHANGES)
    if when < 5:
        assert f"{when - 2} of 3 files are replaced, the next `sealward reencrypt`" in caught.value.hint
    assert held(top) == {**NEW, **dict(list(OLD.items())[when - 2 :])}
    monkeypatch.undo()
    with begun(top) as again:
        assert again.finish() == 5 - when
        assert {one.path for one in again.changes if one.renewed} == {"b"}
        again.end()
    assert held(top) == NEW
    assert left_over(top) == []


def test_a_file_changed_since_is_never_overwritten(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk_full(monkeypatch, 3)
    with begun(top) as transaction, pytest.raises(SealwardError):
        transaction.commit(CHANGES)
    (top / "c").write_bytes(b"edited")
    with begun(top) as again, pytest.raises(SealwardError, match=r"^c is not as the killed run") as caught:
        again.finish()
    assert "git checkout -- c" in caught.value.hint
    assert held(top) == {"a": b"new a", "b": b"old b", "c": b"edited"}
    (top / "c").write_bytes(OLD["c"])
    with begun(top) as again:
        assert again.finish() == 2


@pytest.mark.parametrize("spoil", ["edit", "remove", "symlink"])
def test_nothing_is_changed_where_a_file_cannot_be(top: Path, spoil: str) -> None:
    (top / "c").unlink()
    if spoil == "edit":
        (top / "c").write_bytes(b"edited")
    if spoil == "symlink":
        (top / "c").symlink_to("b")
    with begun(top) as transaction, pytest.raises(SealwardError, match=r"c: (changed while|is a symbolic)"):
        transaction.commit(CHANGES)
    assert (top / "a").read_bytes() == b"old a"
    assert left_over(top) == []


@pytest.mark.skipif(os.name == "nt", reason="no locks on folders")
def test_one_at_a_time(top: Path) -> None:
    with begun(top), pytest.raises(SealwardError, match="another `sealward reencrypt` or"):
        begun(top).__enter__()
    with begun(top):
        pass


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 2}', '{"version": 1, "changes": [{"path": "a"}]}']
)
def test_an_unreadable_journal_is_not_guessed_at(top: Path, text: str) -> None:
    transaction = begun(top)
    transaction.journal.write_text(text)
    with pytest.raises(SealwardError, match="sealward-reencrypt cannot be read"):
        transaction.__enter__()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device here")
def test_a_journal_that_links_to_a_device_is_not_read_for_ever(top: Path) -> None:
    transaction = begun(top)
    transaction.journal.symlink_to("/dev/zero")
    with pytest.raises(SealwardError, match="sealward-reencrypt"):
        transaction.__enter__()
    assert transaction.journal.is_symlink()


def test_what_a_killed_run_left_beside_a_file_is_removed(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk_full(monkeypatch, 3)
    with begun(top) as transaction, pytest.raises(SealwardError):
        transaction.commit(CHANGES)
    (top / ".a.sealward-reencrypt").write_bytes(b"ne")
    (top.parent / "git" / ".sealward-reencrypt.sealward-reencrypt").write_bytes(b"{")
    with begun(top) as again:
        again.finish()
        again.end()
    assert left_over(top) == []
