"""Encodings and line ends, as sops has them: read what it reads, and name the cure of what it refuses."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.document import parse
from tests.claims.test_claim import rule_ids
from tests.support.sealed_documents import SOPS

if TYPE_CHECKING:
    from collections.abc import Callable

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


KUBERNETES = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  password: corr3ct-h0rse\n"
IN_JSON = '{"apiVersion": "v1", "kind": "Secret", "stringData": {"password": "corr3ct-h0rse"}}'
WRITTEN: dict[str, Callable[[str], bytes]] = {
    "UTF-16 with a mark": lambda text: text.encode("utf-16"),
    "UTF-16, little": lambda text: text.encode("utf-16-le"),
    "UTF-16, big": lambda text: text.encode("utf-16-be"),
    "UTF-16, big, with a mark": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "UTF-32, big": lambda text: text.encode("utf-32-be"),
    "Latin-1": lambda text: text.replace("rse", "rs\xe9").encode("latin-1"),
    "a NUL": lambda text: text.encode() + b"\0",
    "a byte order mark": lambda text: BOM + text.encode(),
}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize(
    ("path", "text"),
    [("s.yaml", KUBERNETES), ("s.json", IN_JSON), ("s.yaml.j2", KUBERNETES)],
    ids=["yaml", "json", "template"],
)
def test_a_secret_is_found_whatever_its_encoding(written: str, path: str, text: str) -> None:
    data = WRITTEN[written](text)
    assert "not-sealed" in rule_ids(path, data)
    harmless = WRITTEN[written](text.replace("corr3ct-h0rse", "${PASSWORD}").replace("stringData", "type"))
    assert rule_ids(path, harmless) == []


@pytest.mark.parametrize("path", ["values.yaml", "x.enc.yaml"])
def test_sealed_utf16_is_known_under_any_name(path: str, sealer: Sealer) -> None:
    data = sealer.seal("x.enc.yaml", PLAIN["yaml"]).decode().encode("utf-16")
    assert rule_ids(path, data) == ["invalid-syntax"]
    assert rule_ids(path, data.replace(b"1\0", b"2\0", 1) if b"" else data) == ["invalid-syntax"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32"])
def test_what_sops_cannot_read_is_an_error_that_names_the_encoding(encoding: str, sealer: Sealer) -> None:
    data = sealer.seal("x.enc.yaml", PLAIN["yaml"]).decode().encode(encoding)
    (problem,) = parse("x.enc.yaml", data).problems
    assert problem.message == f"is {encoding[:6].upper()}: save it as UTF-8"
    assert not problem.minor
    assert rule_ids("x.enc.yaml", data) == ["invalid-syntax"]
