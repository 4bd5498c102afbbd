"""Nothing hides in a sealed file: behind tags, in the metadata's values, in ciphertext that is none."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.document import parse
from sealward.sops.format import ciphertext
from tests.support.sealed_documents import SOPS

if TYPE_CHECKING:
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

TEXT = "user: a\npassword: b\nnote_unencrypted: c\n"


def _rules(data: str, repo: Repo, capsys: pytest.CaptureFixture[str], *more: str) -> set[str]:
    (repo.path / "x.enc.yaml").write_text(data)
    main(["check", "x.enc.yaml", "--format", "json", *more])
    out = capsys.readouterr().out
    assert "hunter2" not in out
    return {finding["rule"] for finding in json.loads(out)["findings"]}


@pytest.fixture
def sealed(sealer: Sealer) -> str:
    return sealer.seal("x.enc.yaml", TEXT).decode()


UNTRUE = [
    "!!null hunter2", "!<tag:yaml.org,2002:null> hunter2", '!!null "hunter2"', "&x !!null hunter2",
    "!!int hunter2", "!!float hunter2", "!!bool hunter2", "!!timestamp hunter2", '!!binary "@hunter2"',
]  # fmt: skip
TRUE = ['!!null ""', "!!null null", "!!null ~", "!!int 5", '!!int "5"', "!!float 1", "!!bool true", "!!str x",
        "!!binary aGk=", "!!timestamp 2001-01-01"]  # fmt: skip


@pytest.mark.parametrize("value", UNTRUE)
def test_text_under_a_tag_that_it_does_not_fit(
    value: str, sealed: str, repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "plaintext-value" in _rules(f"extra: {value}\n{sealed}", repo, capsys)
    assert "plaintext-value" in _rules(f"extra: [{value}]\n{sealed}", repo, capsys)
    assert "hidden-plaintext" in _rules(f"extra_unencrypted: {value}\n{sealed}", repo, capsys)


@pytest.mark.parametrize("value", TRUE)
def test_text_under_a_tag_that_it_fits(value: str) -> None:
    assert not parse("a.yaml", f"a: {value}\n".encode()).leaves[0].taken_as


@pytest.mark.parametrize("value", UNTRUE)
def test_the_mac_goes_over_what_sops_reads(
    value: str, sealed: str, repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    """sops takes each for null, which it does not hash: the file opens, and the MAC holds."""
    import subprocess

    data = f"extra: {value}\n{sealed}"
    assert "mac-mismatch" not in _rules(data, repo, capsys, "--require-keys")
    done = subprocess.run([SOPS, "decrypt", "x.enc.yaml"], cwd=repo.path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 3.11.0", "version: 3.11.0 password=hunter2hunter"),
        ("version: 3.11.0", "version: 1. hunter2hunter"),
        ("recipient: age1", "recipient: hunter2hunter"),
        ("recipient: age1", "recipient: age1hunter2hunter"),
        ("unencrypted_suffix: _unencrypted", "unencrypted_suffix: " + "hunter2hunter" * 3),
        ("version: 3.11.0", "version: 3.11.0\n    shamir_threshold: hunter2hunter"),
        ("version: 3.11.0", "version: 3.11.0\n    mac_only_encrypted: hunter2hunter"),
        ("version: 3.11.0", "version: 3.11.0\n    attention: hunter2hunter"),
        ("version: 3.11.0", "version: 3.11.0\n    kms: [{arn: hunter2hunter, created_at: x, enc: aGk=}]"),
        ("version: 3.11.0", "version: 3.11.0\n    pgp: [{fp: hunter2hunter, created_at: x, enc: aGk=}]"),
    ],
)
def test_metadata_values_that_cannot_be(
    old: str, new: str, sealed: str, repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert old in sealed
    assert "hidden-plaintext" in _rules(sealed.replace(old, new, 1), repo, capsys)


def test_a_sound_file_hides_nothing(sealed: str, repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert not _rules(sealed, repo, capsys, "--require-keys")


def test_ciphertext_that_is_readable(sealed: str, repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    value = ciphertext.parse(parse("a.yaml", sealed.encode()).leaves[1].text)
    assert value is not None
    for text in (b"my very secret password in plain base64", "größer als jedes Geheimnis".encode()):
        forged = sealed.replace(f"data:{value.data},", f"data:{b64encode(text).decode()},")
        assert "readable-ciphertext" in _rules(forged, repo, capsys)
    short = sealed.replace(f"data:{value.data},", f"data:{b64encode(b'fifteen bytes!!').decode()},")
    assert "readable-ciphertext" not in _rules(short, repo, capsys)
