"""Which versions of secrets a file that is not sealed uses, whatever its format."""

from __future__ import annotations

import base64

import pytest

from sealward.references.uses import Use, fragments, spoken, uses

ONE = "vault:secret/data/bot/t7#api_key#1"


def encoded(text: str, width: int = 0) -> str:
    data = base64.b64encode(text.encode()).decode()
    return "\n".join(f"    {data[at : at + width]}" for at in range(0, len(data), width)) if width else data


USED = {
    "a value": f"env: {ONE}\n",
    "two on a line": f"a: {ONE} vault:secret/data/x#k#2\n",
    "Base64": f"data:\n  a: {encoded(ONE)}\n",
    "a whole file in Base64": "data:\n  conf: " + encoded(f"first: x\nurl: {ONE}\n") + "\n",
    "a block of Base64": "data:\n  conf: |\n" + encoded(f"x: {'y' * 90}\nurl: {ONE}\n", 76) + "\n",
    "a template": '{{ with secret "secret/data/bot/t7?version=1" }}{{ .Data.data.api_key }}{{ end }}',
    "vals": "a: ref+vault://secret/bot/t7?version=1#/api_key\n",
    "an external secret": "remoteRef:\n  key: secret/bot/t7\n  version: '1'\n",
}
NOT = {
    "no pin": "env: vault:secret/data/bot/t7#api_key\n",
    "another server": "a: ref+vault://secret/bot/t7?address=https://other.example&version=1#/api_key\n",
    "Base64 of something else": f"a: {encoded('nothing of interest in here at all')}\n",
}


@pytest.mark.parametrize("how", USED)
def test_a_pin_is_seen(how: str) -> None:
    assert ("secret/bot/t7", 1) in [(one.secret, one.version) for one in uses(USED[how])]


@pytest.mark.parametrize("how", NOT)
def test_what_is_not_one(how: str) -> None:
    assert uses(NOT[how]) == []


def test_lines_are_numbered() -> None:
    text = f"a: 1\nb: {ONE}\nc: vault:secret/data/x#k#2 {ONE}\n"
    assert uses(text) == [Use(2, "secret/bot/t7", 1), Use(3, "secret/bot/t7", 1), Use(3, "secret/x", 2)]


@pytest.mark.parametrize(
    ("line", "versions"),
    [
        ("curl $ADDR/v1/secret/data/bot/t7?version=3", [3]),
        ("bao kv get -version=2 secret/bot/t7", [2]),
        ("bao kv get secret/bot/t7", []),
        ("bao kv get -version=2 secret/bot/t71", []),
        ("ref+vault://secret/bot/t7?address=https://other.example&version=1#/k", []),
    ],
)
def test_a_version_in_words_of_its_own(line: str, versions: list[int]) -> None:
    assert [one.version for one in spoken(f"# first\n{line}\n", "secret", "bot/t7")] == versions


@pytest.mark.parametrize("before", ["", " ", "ab ", "a: "])
def test_what_base64_of_a_reference_always_has(before: str) -> None:
    assert fragments().search(base64.b64encode((before + ONE).encode()))
    assert not fragments().search(base64.b64encode(b"something else that is long enough"))
