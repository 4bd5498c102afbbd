"""The protocol of users' commands, spoken with real programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.rotation.values.generators import Generator
from sealward.rotation.values.protocol import Request, make, retire, verify
from tests.rotation.values.test_child import CANARY, script

if TYPE_CHECKING:
    from pathlib import Path


def request(folder: Path) -> Request:
    return Request("secret", "bot/binance", ("api_key", "api_secret"), 7, str(folder))


def answering(folder: Path, answer: str) -> Generator:
    """A generator that keeps its request in a file, and answers."""
    (folder / "answer").write_text(answer)
    return Generator("exec", command=script(folder, "cat > request; cat answer"), seconds=10)


def test_several_keys_in_one_answer(tmp_path: Path) -> None:
    generator = answering(tmp_path, '{"values": {"api_secret": "s3", "api_key": "k\\u00e4"}}')
    made = make(generator, request(tmp_path), {"api_key": Plaintext(b"old")})
    assert {key: value.text() for key, value in made.items()} == {"api_key": "kä", "api_secret": "s3"}
    assert json.loads((tmp_path / "request").read_text()) == {
        "protocol": 1,
        "action": "generate",
        "mount": "secret",
        "path": "bot/binance",
        "keys": ["api_key", "api_secret"],
        "version": 7,
    }


def test_the_old_values_only_where_the_policy_says_so(tmp_path: Path) -> None:
    generator = answering(tmp_path, '{"values": {"api_secret": "s", "api_key": "k"}}')._replace(current=True)
    make(generator, request(tmp_path), {"api_key": Plaintext(b"old")})
    assert json.loads((tmp_path / "request").read_text())["values"] == {"api_key": "old"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "not answer with a JSON object"),
        (f"here you are: {CANARY}", "not answer with a JSON object"),
        (f'["{CANARY}"]', "not answer with a JSON object"),
        ("[" * 100_000, "not answer with a JSON object"),
        ("1" * 100_000, "not answer with a JSON object"),
        ('{"values": {"api_key": "\\ud800", "api_secret": "x"}}', "surrogate"),
        ("\x00\xff", "not answer with a JSON object"),
        (f'{{"{CANARY}": 1}}', "the keys it was asked for"),
        (f'{{"values": "{CANARY}"}}', "the keys it was asked for"),
        (f'{{"values": {{"api_key": "{CANARY}"}}}}', "the keys it was asked for"),
        (
            f'{{"values": {{"api_key": "a", "api_secret": "b", "{CANARY}": "c"}}}}',
            "the keys it was asked for",
        ),
        (f'{{"values": {{"api_key": "{CANARY}", "api_secret": ""}}}}', "empty, or no text"),
        (f'{{"values": {{"api_key": "{CANARY}", "api_secret": 5}}}}', "empty, or no text"),
    ],
)
def test_rubbish_is_one_line_that_never_quotes_it(tmp_path: Path, answer: str, reason: str) -> None:
    with pytest.raises(SealwardError, match=reason) as caught:
        make(answering(tmp_path, answer), request(tmp_path))
    assert CANARY not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_command_may_say_why(tmp_path: Path) -> None:
    with pytest.raises(SealwardError, match=r"new-key says: over quota; come\s+back") as caught:
        make(answering(tmp_path, '{"error": "over quota; come\\nback \\u001b[31m"}'), request(tmp_path))
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_verify_and_retire_get_the_values_and_answer_by_status(tmp_path: Path) -> None:
    values = {"api_key": Plaintext(b"k"), "api_secret": Plaintext(b"s")}
    keep = script(tmp_path, "cat > request")
    for action, function in (("verify", verify), ("retire", retire)):
        function(keep, 10, request(tmp_path), values)
        told = json.loads((tmp_path / "request").read_text())
        assert told["action"] == action
        assert told["values"] == {"api_key": "k", "api_secret": "s"}
    refuse = script(tmp_path, f"echo {CANARY}; exit 1", "refuse")
    with pytest.raises(SealwardError, match=r"the command \./refuse ended with status 1") as caught:
        verify(refuse, 10, request(tmp_path), values)
    assert CANARY not in str(caught.value)


def test_no_value_is_in_arguments_or_environment(tmp_path: Path) -> None:
    """What `ps` and /proc show of a command while it runs."""
    command = script(tmp_path, "cat > request; tr '\\0' ' ' < /proc/$$/cmdline > seen; env >> seen")
    verify(command, 10, request(tmp_path), {"api_key": Plaintext(CANARY.encode())})
    assert CANARY in (tmp_path / "request").read_text()
    assert CANARY not in (tmp_path / "seen").read_text()
