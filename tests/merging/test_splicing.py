"""Versions with one data key: all stores, other layouts, without a key, and pins that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.document import parse
from sealward.plaintext import Plaintext
from sealward.sops import program
from tests.support.merges import edited, merged
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sops import Sealer

TEXT = {
    "s.enc.yaml": "# top\na: 1.0\nm:\n  n: one\n  k: x\nl:\n  - x\n---\nb: 2\n",
    "s.enc.json": '{"a": 1, "m": {"n": "one", "k": "x"}, "l": [1, {}]}',
    "s.enc.env": "# c\nA=1\nn=one\nk=x\n",
    "s.enc.ini": "[m]\n; c\nn = one\nk = x\n[other]\nx = 1\n",
    "secrets.yaml.enc": "m:\n  n: one\n  k: x\n",
}


def values(path: str, data: bytes) -> set[str]:
    return {leaf.text for leaf in parse(path, data).leaves}


def names(path: str) -> tuple[str, str]:
    return ("n", "k") if path.endswith("env") else ("m__n", "m__k")


@pytest.mark.parametrize("path", TEXT)
def test_every_store(sealer: Sealer, path: str) -> None:
    if path.endswith(".enc"):
        base = sealer.seal("secrets.enc.yaml", TEXT[path])
        ours, theirs = (edited("s.yaml", base, **{name: "new"}) for name in names(path))
    else:
        base = sealer.seal(path, TEXT[path])
        ours, theirs = (edited(path, base, **{name: "new"}) for name in names(path))
    result = merged(base, ours, theirs, path)
    assert result.is_clean
    assert not result.resealed
    assert values(path, result.data) <= values(path, ours) | values(path, theirs)
    store = parse(path, result.data).store
    assert program.decrypt(path, result.data, store).text().count("new") == 2


def test_a_binary_file_that_both_changed(sealer: Sealer) -> None:
    base = sealer.seal("k.enc.bin", "1\n2\n3\n4\n")
    ours, theirs = (
        program.set_value("k.enc.bin", base, ["data"], Plaintext(text))
        for text in (b"0\n2\n3\n4\n", b"1\n2\n3\n5\n")
    )
    result = merged(base, ours, theirs, "k.enc.bin")
    assert result.is_clean
    assert program.decrypt("k.enc.bin", result.data, "binary").text() == "0\n2\n3\n5\n"
    again = program.set_value("k.enc.bin", base, ["data"], Plaintext(b"7\n2\n3\n4\n"))
    assert [one.path for one in merged(base, ours, again, "k.enc.bin").clashes] == ["data"]


def test_another_indentation_is_taken_over(sealer: Sealer) -> None:
    narrow = sealer.rules() + "stores:\n  yaml:\n    indent: 2\n"
    base = sealer.seal("s.enc.yaml", TEXT["s.enc.yaml"], narrow)
    ours = edited("s.enc.yaml", base, m__n="new")
    wide = program.renewed("s.enc.yaml", base, layout=b"a:\n    b: 1\n")
    theirs = edited("s.enc.yaml", wide, m__k="new")
    assert b"\n    k:" in theirs
    result = merged(base, ours, theirs)
    assert result.is_clean
    assert b"\n  k:" in result.data
    assert values("s.enc.yaml", result.data) <= values("s.enc.yaml", ours) | values("s.enc.yaml", theirs)


def test_without_a_key_all_but_the_mac(
    sealer: Sealer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("s.enc.yaml", "s.enc.json", "s.enc.env", "s.enc.ini"):
        base = sealer.seal(path, TEXT[path])
        ours, theirs = (edited(path, base, **{name: "new"}) for name in names(path))
        with monkeypatch.context() as patch:
            patch.setenv("SOPS_AGE_KEY_FILE", str(new_identity(tmp_path, "another")[1]))
            result = merged(base, ours, theirs, path)
            assert result.closed
            assert not result.is_clean
            text = result.data.decode()
            documents = 2 if path == "s.enc.yaml" else 1
            assert text.count("<<<<<<< ours\n") == text.count(">>>>>>> theirs\n") == documents
            inside = text.partition("<<<<<<<")[2].partition(">>>>>>>")[0]
            assert "mac" in inside
            assert "lastmodified" in inside
            assert merged(base, base, theirs, path).data == theirs


def test_one_side_whole_keeps_its_bytes(sealer: Sealer) -> None:
    base = sealer.seal("s.enc.yaml", TEXT["s.enc.yaml"])
    ours = edited("s.enc.yaml", base, m__n="new")
    more = edited("s.enc.yaml", ours, m__k="new")
    assert merged(base, ours, more).data == more
    assert merged(base, more, ours).data == more
    assert merged(base, ours, base).data == ours


def test_pins_of_one_secret_go_up_together(sealer: Sealer) -> None:
    one, two = "vault:secret/data/bot#key#", "vault:secret/data/bot#other#"
    base = sealer.seal("s.enc.yaml", f"a: {one}7\nb: {two}7\n")
    ours = edited("s.enc.yaml", base, a=f"{one}8", b=f"{two}8")
    theirs = edited("s.enc.yaml", base, a=f"{one}9", b=f"{two}9", c=f"{one}9")
    result = merged(base, ours, theirs)
    assert sealer.opened("s.enc.yaml", result.data).count("#9") == 3
    added = edited("s.enc.yaml", base, c=f"{one}7")
    result = merged(base, ours, added)
    assert sealer.opened("s.enc.yaml", result.data).count("#8") == 3
    assert "c: lifted to #8" in result.notes[0]


def test_lists_that_are_laid_out_otherwise_are_written_again(sealer: Sealer) -> None:
    base = sealer.seal("s.enc.yaml", "l:\n  - name: a\n    v: x\n  - name: b\n    v: y\n")
    ours = base.replace(b"    - name", b"- name").replace(b"      v:", b"  v:")
    theirs = edited("s.enc.yaml", base, new="z")
    result = merged(base, edited("s.enc.yaml", base, other="o"), edited("s.enc.yaml", ours, new="z"))
    assert result.is_clean
    assert merged(base, ours, theirs).is_clean
