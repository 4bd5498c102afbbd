"""`sealward status` as people and jobs run it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

DAY = 86400
POLICY = 'policies:\n  bot:\n    paths: ["*/bot/*"]\n    every: {every}\n    files: ["*.enc.yaml#*"]\n'


@pytest.fixture
def sealed(repo: Repo, sealer: Sealer, bao: Bao, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository whose one reference was committed ten days ago; the server made its value just now."""
    bao.put("bot/binance", api_key="value-of-the-key")
    monkeypatch.setenv("GIT_AUTHOR_DATE", f"@{int(time.time()) - 10 * DAY} +0000")
    text = f"api_key: vault:{bao.mount}/data/bot/binance#api_key#1\n"
    repo.commit(
        {
            "secrets.enc.yaml": sealer.seal("secrets.enc.yaml", text),
            "vault/rotation.yaml": POLICY.format(every="7d"),
        }
    )
    return repo


@pytest.mark.parametrize(
    ("arguments", "status", "shown"),
    [
        ([], 0, "due in 6d"),
        (["--check"], 0, "ages from Vault"),
        (["--offline"], 0, "due 3d ago"),
        (["--check", "--offline"], 1, "due 3d ago"),
        (["--check", "--offline", "secrets.enc.yaml"], 1, "history of git"),
    ],
)
def test_exit_status(
    sealed: Repo, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, shown: str
) -> None:
    assert main(["status", *arguments]) == status
    out = capsys.readouterr().out
    assert shown in out
    assert "\x1b" not in out
    assert "value-of-the-key" not in out


@pytest.mark.parametrize(("every", "status"), [("9d", 1), ("11d", 0)])
def test_without_key_and_server(
    sealed: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], every: str, status: int
) -> None:
    """What the hook `rotation-due` runs where nobody has a key."""
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    monkeypatch.delenv("VAULT_ADDR")
    sealed.write({"vault/rotation.yaml": POLICY.format(every=every)})
    assert main(["status", "--check", "--offline"]) == status
    out = capsys.readouterr().out
    assert "(sealed)" in out
    assert "no key at hand opens secrets.enc.yaml" in out


def test_no_address_means_no_server(sealed: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAULT_ADDR")
    assert main(["status", "--check"]) == 1


def test_a_subfolder(
    sealed: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(sealed.path / "vault")
    assert main(["status"]) == 0
    assert "secrets.enc.yaml" in capsys.readouterr().out


def test_json(sealed: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--format", "json", "--check", "--offline"]) == 1
    body = json.loads(capsys.readouterr().out)
    assert (body["overdue"], body["references"][0]["state"]) == (1, "due")
    assert body["references"][0]["age"] // DAY == 10


def test_no_policy_and_no_reference(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"README": "nothing"})
    assert main(["status", "--check", "--offline"]) == 0
    assert "no references" in capsys.readouterr().out


def _broken_policy(repo: Repo, patch: pytest.MonkeyPatch) -> None:
    repo.write({"vault/rotation.yaml": "policies:\n  bot:\n    paths: [bot]\n    every: 7d\n"})


def _unreachable(repo: Repo, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("VAULT_ADDR", "http://127.0.0.1:9")


def _wrong_token(repo: Repo, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("VAULT_TOKEN", "wrong")


def _no_token(repo: Repo, patch: pytest.MonkeyPatch) -> None:
    patch.delenv("VAULT_TOKEN")
    patch.setenv("HOME", str(repo.path))


def _tampered(repo: Repo, patch: pytest.MonkeyPatch) -> None:
    file = repo.path / "secrets.enc.yaml"
    file.write_text(file.read_text().replace("api_key:", "api_kez:"))


def _outside(repo: Repo, patch: pytest.MonkeyPatch) -> None:
    patch.chdir(repo.path.parent)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_broken_policy, "vault/rotation.yaml:3:13: 'bot' will not do"),
        (_unreachable, "unreachable"),
        (_wrong_token, "token is missing, wrong or expired"),
        (_no_token, "there is no Vault token"),
        (_tampered, "not authentic"),
        (_outside, "not inside a git repository"),
    ],
)
def test_bad_input_is_one_line(
    sealed: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    spoil: object, reason: str,
) -> None:  # fmt: skip
    assert callable(spoil)
    spoil(sealed, monkeypatch)
    assert main(["status"]) == 2
    told = capsys.readouterr().err
    assert reason in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("path", "reason"), [("absent.enc.yaml", "No such file"), ("vault/rotation.yaml", "is not sealed")]
)
def test_a_file_that_is_none(
    sealed: Repo, capsys: pytest.CaptureFixture[str], path: str, reason: str
) -> None:
    assert main(["status", path]) == 2
    assert reason in capsys.readouterr().err
