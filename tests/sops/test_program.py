"""The sops program: each change of a sealed file that it is asked for, and each refusal in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.document import parse
from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.sops import program
from sealward.sops.format.metadata import Metadata
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sops import Sealer

TEXT = "a: one\nb:\n  - c: two\n"


def metadata(data: bytes) -> Metadata:
    block = parse("s.enc.yaml", data).metadata
    assert block is not None
    return Metadata(block)


def test_a_value_is_set_and_the_others_stay(sealer: Sealer) -> None:
    data = sealer.seal("s.enc.yaml", TEXT)
    new = program.set_value("s.enc.yaml", data, ("b", 0, "c"), Plaintext(b'it"s new'))
    assert sealer.opened("s.enc.yaml", new) == 'a: one\nb:\n    - c: it"s new\n'
    old, after = (parse("s.enc.yaml", one).leaves[0].text for one in (data, new))
    assert old == after


def test_a_recipient_is_added_and_the_data_key_is_renewed(sealer: Sealer, tmp_path: Path) -> None:
    other, _ = new_identity(tmp_path, "other.txt")
    data = sealer.seal("s.enc.yaml", TEXT)
    updated = program.update_keys("s.enc.yaml", data, sealer.rules(other).encode())
    assert {key.name for key in metadata(updated).keys} == {sealer.recipient, other}
    rotated = program.rotate_data_key("s.enc.yaml", updated)
    leaves = [{leaf.text for leaf in parse("s.enc.yaml", one).leaves} for one in (data, updated, rotated)]
    assert leaves[0] == leaves[1]
    assert not leaves[1] & leaves[2]
    assert sealer.opened("s.enc.yaml", rotated) == sealer.opened("s.enc.yaml", data)


@pytest.mark.parametrize("indent", [2, 4])
def test_the_layout_of_a_file_is_kept(sealer: Sealer, indent: int) -> None:
    layout = f"a:\n{' ' * indent}b: x\n".encode()
    data = program.encrypt("s.enc.yaml", Plaintext(b"a:\n  b: x\n"), sealer.rules().encode(), layout)
    assert f"\n{' ' * indent}b: ENC[".encode() in data


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda data: data.replace(b"a: ENC", b"z: ENC"), "s.enc.yaml: a value does not decrypt"),
        (
            lambda data: data.replace(b"u_unencrypted: x", b"u_unencrypted: y"),
            "s.enc.yaml: the MAC does not fit",
        ),
    ],
)
def test_what_sops_refuses_is_one_line(sealer: Sealer, spoil: object, told: str) -> None:
    assert callable(spoil)
    data = spoil(sealer.seal("s.enc.yaml", "a: one\nu_unencrypted: x\n"))
    with pytest.raises(SealwardError) as caught:
        program.decrypt("s.enc.yaml", data, "yaml")
    assert caught.value.message == told


def test_without_a_key_and_without_a_place(sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
    data = sealer.seal("s.enc.yaml", TEXT)
    with pytest.raises(SealwardError, match=r"`sops set` failed|cannot set the value there"):
        program.set_value("s.enc.yaml", data, ("b", "c"), Plaintext(b"x"))
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    with pytest.raises(SealwardError, match="no key at hand opens it"):
        program.decrypt("s.enc.yaml", data, "yaml")


def test_broken_rules_are_named(sealer: Sealer) -> None:
    with pytest.raises(SealwardError, match="its creation rules are broken"):
        program.encrypt("s.enc.yaml", Plaintext(b"a: b\n"), b"creation_rules: [\n")


@pytest.mark.parametrize(
    ("text", "spaces"),
    [
        ("l:\n    - name: x\n      v: y\nsops:\n    mac: x\n", 4),
        ("a: 1\nb:\n  # c\n  d: 1\n", 2),
        ("l:\n- a: 1\n  b: 2\nm:\n    c: 1\n", 4),
        ('{\n\t"a": 1\n}\n', 0),
        ('{\n  "a": {\n    "b": 1\n  }\n}\n', 2),
        ("a: 1\n", 4),
    ],
)
def test_how_far_a_level_is_indented(text: str, spaces: int) -> None:
    """A list of mappings is no further in than anything else, though the second key of an item is."""
    assert program.indentation(text.encode()) == spaces
