"""Specifications of generators, and the values that need nothing but random bytes."""

from __future__ import annotations

import base64
import copy
import pickle
import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.errors import SealwardError
from sealward.rotation.values import generators
from sealward.rotation.values.generators import ALPHABETS, PASSWORD_ALPHABET, generate, parse


@given(st.integers(16, 4096))
def test_hex_and_base64_carry_the_bytes_asked_for(size: int) -> None:
    assert len(bytes.fromhex(generate(f"hex:{size}").text())) == size
    assert len(base64.b64decode(generate(f"base64:{size}").text(), validate=True)) == size


@given(st.integers(20, 200), st.sampled_from(sorted(ALPHABETS)))
def test_a_password_has_its_length_and_only_its_alphabet(length: int, name: str) -> None:
    text = generate(f"password:{length}:{name}").text()
    assert len(text) == length
    assert set(text) <= set(ALPHABETS[name])


@given(st.integers(12, 40))
def test_a_password_has_every_class_of_characters(length: int) -> None:
    text = set(generate(f"password:{length}").text())
    symbols = set(PASSWORD_ALPHABET) - set(string.ascii_letters + string.digits)
    for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits, symbols):
        assert text & set(kind)


@given(st.sets(st.sampled_from(string.ascii_letters + string.digits + string.punctuation), min_size=10))
def test_any_alphabet_of_ones_own(characters: set[str]) -> None:
    generator = generators.sized("password", 40, "".join(characters))
    assert set(generate(generator).text()) <= characters


def test_uuid() -> None:
    assert uuid.UUID(generate("uuid").text()).version == 4


def test_no_value_is_made_twice() -> None:
    assert (
        len({generate(spec).text() for spec in ("hex", "hex:32", "password", "uuid") for _ in range(50)})
        == 200
    )


def test_a_value_shows_itself_to_nobody() -> None:
    value = generate("hex:32")
    shown = f"{value!r} {value} {value:s}" + repr([value])
    assert value.text() not in shown
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hex", "hex:32"),
        ("hex:16", "hex:16"),
        ("base64", "base64:32"),
        ("password", "password:40"),
        ("password:24:letters", "password:24"),
        ("password:20:digits", "password:20"),
        ("uuid", "uuid"),
        ("vault-policy:strong-2", "vault-policy:strong-2"),
        ("ssh-ed25519", "ssh-ed25519"),
        ("age", "age"),
        ("prompt", "prompt"),
        ("rotate-role", "rotate-role"),
        ("exec:./new-key --token-file 'a b'", "exec ./new-key"),
    ],
)
def test_good_specifications(text: str, shown: str) -> None:
    assert str(parse(text)) == shown


def test_a_command_is_split_as_a_shell_would() -> None:
    assert parse("exec:./new-key --name 'a b'").command == ("./new-key", "--name", "a b")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no generator is called"),
        ("random:32", "no generator is called 'random'"),
        ("hex:many", "no generator"),
        ("hex:-1", "no generator"),
        ("hex:32:letters", "no generator"),
        ("uuid:4", "no generator"),
        ("hex:8", "too short"),
        ("hex:5000", "too long"),
        ("hex:99999999999999999999", "too long"),
        ("password:11", "too short"),
        ("password:12:digits", "too weak"),
        ("password:40:a", "too weak"),
        ("password:40:abca", "repeated"),
        ("password:40:abcdäö", "other or repeated"),
        ("vault-policy", "needs the name"),
        ("vault-policy:../../auth", "needs the name"),
        ("exec", "needs a command"),
        ("exec:'unclosed", "needs a command"),
    ],
)
def test_bad_specifications(text: str, reason: str) -> None:
    with pytest.raises(SealwardError, match=reason) as caught:
        generators.check(text)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_only_random_kinds_make_a_single_value() -> None:
    with pytest.raises(SealwardError, match="does not make a single random value"):
        generate("age")
