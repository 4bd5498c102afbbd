"""Encodings and line ends, as sops has them: read what it reads, and name the cure of what it refuses."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.document import parse
from tests.support.sealed_documents import SOPS

if TYPE_CHECKING:
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

PLAIN = {"yaml": "a: b\n", "json": '{"a":"b"}', "env": "A=b\nC=d\n", "ini": "[s]\na = b\n"}
BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize("suffix", PLAIN)
@pytest.mark.parametrize("change", ["as it is", "byte order mark", "Windows line ends", "UTF-16"])
def test_the_verdict_is_that_of_sops(
    suffix: str, change: str, repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"x.enc.{suffix}"
    data = sealer.seal(path, PLAIN[suffix])
    changed = {
        "as it is": data,
        "byte order mark": BOM + data,
        "Windows line ends": data.replace(b"\n", b"\r\n"),
        "UTF-16": data.decode().encode("utf-16"),
    }[change]
    (repo.path / path).write_bytes(changed)
    opens = subprocess.run([SOPS, "decrypt", path], cwd=repo.path, capture_output=True, check=False)
    status = main(["check", path, "--require-keys", "--format", "json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert (status == 0) is (opens.returncode == 0), found


def test_windows_line_ends_are_one_finding_with_the_cure(
    repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    data = sealer.seal("x.enc.env", PLAIN["env"]).replace(b"\n", b"\r\n")
    (repo.path / "x.enc.env").write_bytes(data)
    assert main(["check", "x.enc.env", "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert "line endings" in found["message"]
    assert "*.env text eol=lf" in found["hint"]


def test_utf16_is_named_and_not_called_unsealed(
    repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    data = sealer.seal("x.enc.yaml", PLAIN["yaml"]).decode().encode("utf-16")
    (repo.path / "x.enc.yaml").write_bytes(data)
    assert main(["check", "x.enc.yaml", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["severity"], found["message"]) == ("warning", "is UTF-16: save it as UTF-8")


def test_a_plain_dotenv_keeps_its_line_ends() -> None:
    assert [leaf.text for leaf in parse("a.env", b"A=b\r\nC=d\r\n").leaves] == ["b\r", "d\r"]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_an_empty_file_is_not_told_to_be_sealed_in_place(
    text: str, repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo.path / "x.enc.yaml").write_text(text)
    assert main(["check", "x.enc.yaml", "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert "sops edit x.enc.yaml" in found["hint"]


def test_ciphertext_in_quotes_is_called_that(
    repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    data = sealer.seal("x.enc.env", "A=b\n").decode().replace("A=ENC", 'A="ENC').replace("]\n", ']"\n', 1)
    (repo.path / "x.enc.env").write_text(data)
    assert main(["check", "x.enc.env", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert "in quotes" in found[0]["message"]
