"""Digests by key, under a salt."""

from __future__ import annotations

import re

import pytest

from sealward.deploy import digests
from sealward.plaintext import Plaintext

SALT, OTHER = "00" * 16, "11" * 16


def of(salt: str, **values: str) -> dict[str, str]:
    return digests.of_keys(salt, {key: Plaintext(text.encode()) for key, text in values.items()})


def test_a_digest_follows_key_value_and_salt() -> None:
    same = of(SALT, a="x", b="x")
    assert same == of(SALT, a="x", b="x")
    assert same["a"] != same["b"]
    assert len({same["a"], of(OTHER, a="x")["a"], of(SALT, a="y")["a"], of(SALT, a="x:")["a"]}) == 4
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in same.values())


def test_an_annotation_says_which_salt_and_keys() -> None:
    found = digests.recorded(digests.record(SALT, of(SALT, a="x", b="y"), ["b", "gone"]))
    assert found is not None
    assert found.keys == {"b": of(SALT, b="y")["b"]}
    assert found.salt == digests.mark_of(SALT) != digests.mark_of(OTHER)
    assert SALT not in digests.record(SALT, {}, [])


@pytest.mark.parametrize("text", ["", "x", "[]", "3", '{"salt": "x"}', '{"salt": 1, "keys": []}', "[" * 9999])
def test_what_we_do_not_write_says_nothing(text: str) -> None:
    assert digests.recorded(text) is None


@pytest.mark.parametrize("length", [1, 40, 55, 56, 57, 200, 253])
def test_names_of_annotations_fit(length: int) -> None:
    names = {digests.annotation("a" * (length - 1) + last) for last in "bc"}
    assert len(names) == 2
    for name in names:
        assert re.fullmatch(r"sealward\.dev/secret\.[a-z0-9]([-.a-z0-9]*[a-z0-9])?", name)
        assert len(name.partition("/")[2]) <= 63


@pytest.mark.parametrize(("text", "right"), [(SALT, True), ("0" * 31, False), ("", False), ("g" * 32, False)])
def test_salts(text: str, right: bool) -> None:
    assert digests.is_salt(text) is right
