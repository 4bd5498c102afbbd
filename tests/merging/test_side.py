"""A version that is damaged, tampered with or not sealed is not merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.merging.side import Refused, Tokens, read
from tests.support.merges import edited, merged

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.sops import Sealer

PATH = "s.enc.yaml"


def _swapped(data: bytes) -> bytes:
    first, second, *rest = data.split(b"\n")
    return b"\n".join([b"a: " + second[3:], b"b: " + first[3:], *rest])


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "a value swapped": _swapped,
    "a key twice": lambda data: data.replace(b"a: ", b"b: ", 1),
    "cut off": lambda data: data[:200],
    "a value in clear": lambda data: data.replace(data.split(b"\n")[0], b"a: clear"),
    "conflict markers": lambda data: b"<<<<<<< x\n" + data,
    "no MAC": lambda data: b"\n".join(line for line in data.split(b"\n") if b"mac:" not in line),
    "not sealed": lambda data: b"a: one\nb: two\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_version_is_refused_on_either_side(sealer: Sealer, name: str) -> None:
    base = sealer.seal(PATH, "a: one\nb: two\n")
    ours, theirs = edited(PATH, base, new="x"), BROKEN[name](edited(PATH, base, other="y"))
    for one, other in ((ours, theirs), (theirs, ours)):
        with pytest.raises(Refused):
            merged(base, one, other)


def test_tokens_are_equal_for_equal_values_alone() -> None:
    tokens = Tokens()
    assert tokens.of("str", b"1") == tokens.of("str", b"1") != tokens.of("int", b"1")


def test_a_version_that_cannot_be_read_is_named() -> None:
    with pytest.raises(Refused, match="the version of theirs"):
        read("theirs", PATH, b"a: [\n")
