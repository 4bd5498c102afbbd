"""What git prints, read."""

from __future__ import annotations

import pytest

from sealward.git import rows

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
