"""Versions with different data keys: merged in memory, sealed again, types and comments kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.document import parse
from sealward.sops import program
from sealward.sops.reading.decryption import decrypt
from sealward.sops.reading.identities import find
from tests.support.merges import edited, merged

if TYPE_CHECKING:
    from tests.support.sops import Sealer

TEXT = {
    "s.enc.yaml": "# top\na: 1.0\nb: 2\nc: 2024-01-02\nd: true\ne: null\nl:\n  - x\n  - y\nm:\n  n: one\n  # foot\n",
    "s.enc.json": '{"a": 1, "b": "x", "m": {"n": "one"}, "l": [1, {}]}',
    "s.enc.env": "# c\nA=1\nn=one\n",
    "s.enc.ini": "[m]\n; c\nn = one\nother = 2\n",
}


def types(path: str, data: bytes) -> list[tuple[object, ...]]:
    opened = decrypt(parse(path, data), find())
    assert opened.accepted
    return [(one.leaf.keys, one.kind) for one in opened.values]


@pytest.mark.parametrize("path", TEXT)
def test_both_sides_have_a_fresh_data_key(sealer: Sealer, path: str) -> None:
    base = sealer.seal(path, TEXT[path])
    name = "n" if path.endswith("env") else "m__n"
    new = "z" if path.endswith("env") else "m__z"
    ours = program.rotate_data_key(path, edited(path, base, **{name: "two"}))
    theirs = program.rotate_data_key(path, edited(path, base, **{new: "new"}))
    result = merged(base, ours, theirs, path)
    assert result.is_clean
    assert result.resealed
    kinds = types(path, result.data)
    assert kinds == [*types(path, ours), kinds[-1]] if path.endswith("env") else len(kinds) > 1
    assert [one for one in kinds if one in types(path, base)] == types(path, base)
    text = program.decrypt(path, result.data, parse(path, result.data).store).text()
    assert "two" in text
    assert "new" in text


@pytest.mark.parametrize("turned", [False, True])
def test_only_one_side_has_a_fresh_data_key_and_nothing_else_changed(sealer: Sealer, turned: bool) -> None:
    path = "s.enc.yaml"
    base = sealer.seal(path, TEXT[path])
    ours, theirs = edited(path, base, m__n="two"), program.rotate_data_key(path, base)
    result = merged(base, theirs, ours) if turned else merged(base, ours, theirs)
    assert result.is_clean
    assert "two" in sealer.opened(path, result.data)


def test_a_question_is_left_where_both_changed_it(sealer: Sealer) -> None:
    path = "s.enc.yaml"
    base = sealer.seal(path, TEXT[path])
    ours = program.rotate_data_key(path, edited(path, base, m__n="two"))
    theirs = edited(path, base, m__n="three")
    result = merged(base, ours, theirs)
    assert [one.path for one in result.clashes] == ["m.n"]
    settled = merged(base, ours, theirs, choices=(("m.n", "theirs"),))
    assert settled.is_clean
    assert "three" in sealer.opened(path, settled.data)
