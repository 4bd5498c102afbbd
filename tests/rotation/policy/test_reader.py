"""YAML with places: each kind of value read, and each mistake at its own line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.rotation.policy.reader import LARGEST, Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    import yaml

READ = Reader("p.yaml")


def node(text: str) -> yaml.Node:
    found = READ.root(text.encode())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("1h", 3600), ("7d", 604800), ("2w", 1209600)]
)
def test_durations(text: str, seconds: int) -> None:
    assert READ.duration(node(text), "every") == seconds


def test_values() -> None:
    assert READ.text(node("abc"), "a name") == "abc"
    assert READ.number(node("40"), "a length") == 40
    assert READ.flag(node("true"), "pins") is True
    assert READ.texts(node("[a, b]"), "keys") == ("a", "b")
    assert list(READ.mapping(node("a: 1\nb: 2\n"), "it")) == ["a", "b"]
    assert READ.root(b"") is None


@pytest.mark.parametrize(
    ("read", "text", "told"),
    [
        (READ.duration, "7", "must be a duration"),
        (READ.duration, "0d", "must be a duration"),
        (READ.duration, "[7d]", "must be a duration"),
        (READ.text, "5", "must be text"),
        (READ.text, "[a]", "must be text"),
        (READ.number, "-1", "must be a whole number"),
        (READ.number, "0x10", "must be a whole number"),
        (READ.number, "abc", "must be a whole number"),
        (READ.flag, "maybe", "must be true or false"),
        (READ.texts, "[]", "is empty"),
        (READ.texts, "[a, a]", "names something twice"),
        (READ.texts, "a", "must be a list"),
        (READ.mapping, "[a]", "must be a mapping"),
        (READ.mapping, "a: 1\na: 2\n", "'a' is there twice"),
    ],
)
def test_mistakes(read: Callable[[yaml.Node, str], object], text: str, told: str) -> None:
    with pytest.raises(SealwardError) as caught:
        read(node(text), "it")
    assert told in caught.value.message
    assert caught.value.message.startswith("p.yaml:")


def test_a_mistyped_setting_is_named_with_what_was_meant() -> None:
    with pytest.raises(SealwardError, match=r"p.yaml:2:1: it has no setting 'evry'; did you mean 'every'"):
        READ.mapping(node("paths: 1\nevry: 7d\n"), "it", ("paths", "every"))


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"a: [", "p.yaml:1:5"), (b"\xff\xff", "p.yaml is not"), (b"#" * (LARGEST + 1), "larger than 256 KiB")],
)
def test_what_is_no_policy_at_all(data: bytes, told: str) -> None:
    with pytest.raises(SealwardError) as caught:
        READ.root(data)
    assert told in caught.value.message
