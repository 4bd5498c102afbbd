"""Every generator through the one door, on a real server."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.rotation.values.generators import Generator, parse
from sealward.rotation.values.new_values import new_values
from sealward.rotation.values.protocol import Request
from tests.rotation.values.test_child import script
from tests.support.terminal import on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao

LETTERS = 'length = 24\nrule "charset" { charset = "abcdef" min-chars = 1 }'


def make(bao: Bao, generator: Generator, *keys: str, folder: str = ".") -> dict[str, str]:
    made = new_values(generator, Request(bao.mount, "bot", keys, 1, folder), bao.client)
    return {key: value.text() for key, value in made.items()}


def test_the_server_makes_it(bao: Bao) -> None:
    bao.client.post("sys/policies/password/letters", policy=LETTERS)
    made = make(bao, parse("vault-policy:letters"), "a", "b")
    assert made["a"] != made["b"]
    assert all(len(value) == 24 and set(value) <= set("abcdef") for value in made.values())


def test_a_password_policy_that_is_not_there(bao: Bao) -> None:
    with pytest.raises(SealwardError, match="sys/policies/password/absent/generate"):
        make(bao, parse("vault-policy:absent"), "a")


def test_each_key_gets_its_own_value(bao: Bao) -> None:
    made = make(bao, parse("hex:16"), "a", "b")
    assert len(set(made.values())) == 2


def test_a_pair(bao: Bao) -> None:
    made = make(bao, parse("ssh-ed25519"), "private_key", "public_key")
    assert made["public_key"].startswith("ssh-ed25519 ")
    assert "OPENSSH PRIVATE KEY" in made["private_key"]


def test_a_command_that_needs_the_old_values(bao: Bao, tmp_path: Path) -> None:
    bao.put("bot", api_key="old-key")
    text = """grep -q '"values": {"api_key": "old-key"}' && echo '{"values": {"api_key": "new-key"}}'"""
    generator = Generator("exec", command=script(tmp_path, text), seconds=10, current=True)
    assert make(bao, generator, "api_key", folder=str(tmp_path)) == {"api_key": "new-key"}


def test_an_engine_makes_its_own(bao: Bao) -> None:
    with pytest.raises(SealwardError, match="makes no value of its own"):
        make(bao, parse("rotate-role"), "password")


PROMPT = """
from sealward.rotation.values.protocol import Request
from sealward.rotation.values.generators import parse
from sealward.rotation.values.new_values import new_values
made = new_values(parse("prompt"), Request("secret", "alerts/slack", ("webhook",), 1, "."), None)
print("typed", len(made["webhook"].text()), made["webhook"])
"""


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (b"hook-one\nhook-one\n", b"typed 8 <plaintext withheld>"),
        (b"hook-one\nhook-two\n", b"not typed the same"),
    ],
)
def test_a_person_types_it_unseen(typed: bytes, expected: bytes) -> None:
    """On a real terminal: the value is not echoed."""
    output = on_terminal([sys.executable, "-c", PROMPT], typed)
    assert expected in output
    assert b"hook-" not in output


def test_without_a_terminal_nobody_is_asked() -> None:
    done = subprocess.run([sys.executable, "-c", PROMPT], input=b"x\nx\n", capture_output=True, check=False)
    assert b"needs a terminal" in done.stderr
