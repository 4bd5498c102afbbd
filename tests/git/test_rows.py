"""What git prints, read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.git import rows
from tests.support.entries import entries_of

OLD, NEW, NONE = b"a" * 40, b"b" * 40, b"0" * 40


def raw(status: bytes, path: bytes, *, old: bytes = OLD, mode: bytes = b"100644") -> bytes:
    return b":100644 " + mode + b" " + old + b" " + NEW + b" " + status + b"\0" + path + b"\0"


@pytest.mark.parametrize(
    ("output", "paths"),
    [
        (raw(b"M", b"a") + raw(b"A", b"b c\n", old=NONE), ["a", "b c\n"]),
        (raw(b"D", b"gone") + raw(b"M", b"a"), ["a"]),
        (raw(b"T", b"link", mode=b"120000") + raw(b"M", b"a"), ["link", "a"]),
        (raw(b"M", b"module", mode=b"160000"), ["module"]),
        (raw(b"M", b"\xff"), ["\udcff"]),
        (b"", []),
    ],
)
def test_what_raw_rows_leave_there(output: bytes, paths: list[str]) -> None:
    assert [path for path, _, _, _ in rows.of_raw(output)] == paths


def test_rows_of_a_log_have_their_commit() -> None:
    one, two = b"1" * 40, b"2" * 40
    output = (
        b"\x01" + one + b"\n" + raw(b"M", b"a") + b"\x01" + two + b"\n" + raw(b"M", b"a") + raw(b"A", b"b")
    )
    found = [(commit[:1], path) for commit, path, _, _, _ in rows.of_log(output)]
    assert found == [("1", "a"), ("2", "a"), ("2", "b")]


def test_a_commit_that_changes_nothing_has_no_rows() -> None:
    assert list(rows.of_log(b"\x01" + OLD + b"\n\0")) == []


def test_a_time_for_each_line() -> None:
    named = OLD + b" 1 1 2\nauthor A\nauthor-time 7\n\tx\n" + OLD + b" 2 2\n\tauthor-time 9\n"
    assert rows.line_times(named) == [7, 7]


@pytest.mark.parametrize(("name", "absent"), [(NONE, True), (OLD, False)])
def test_zeros_stand_for_no_file(name: bytes, absent: bool) -> None:
    assert rows.is_absent(name) is absent


FOLDERS = st.lists(st.sampled_from(["a", "b", "a.", "a0", "a-b", "ä", "\udcff"]), min_size=1, max_size=4)


@given(st.sets(FOLDERS.map("/".join), max_size=30), st.one_of(st.just(""), FOLDERS.map("/".join)))
def test_names_in_a_folder_are_those_right_in_it(paths: set[str], folder: str) -> None:
    before = f"{folder}/" if folder else ""
    inside = [path.removeprefix(before) for path in paths if path.startswith(before)]
    entries = entries_of(paths)
    assert sorted(entries.names(folder)) == sorted(name for name in inside if "/" not in name)
    assert set(entries.paths()) == paths


def test_an_index_lists_each_path_once_and_says_what_is_promised() -> None:
    lines = [
        (b"H", 0, b"a"),
        (b"M", 1, b"b"),
        (b"M", 2, b"b"),
        (b"M", 3, b"b"),
        (b"S", 0, b"b c\n"),
        (b"h", 0, b"d"),
    ]
    output = b"".join(b"%s 100644 %s %d\t%s\0" % (tag, OLD, stage, path) for tag, stage, path in lines)
    entries = rows.Entries(output)
    assert [(one.path, one.promised) for one in entries] == [
        ("a", False),
        ("b", False),
        ("b c\n", True),
        ("d", True),
    ]
    assert entries[-1].name == OLD
    assert [one.path for one in entries[1:3]] == ["b", "b c\n"]
    with pytest.raises(IndexError):
        entries[4]
    assert not rows.Entries(b"")
