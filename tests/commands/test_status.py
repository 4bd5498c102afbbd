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


@pytest.fixture
def several(repo: Repo, sealer: Sealer, bao: Bao) -> str:
    """Secrets of which one is due, one is not, and one has no policy; and a policy that nothing uses."""
    for name in ("bot/a", "bot/b", "free"):
        bao.put(name, k="one")
    m = bao.mount
    text = f"a: vault:{m}/data/bot/a#k#1\nb: vault:{m}/data/bot/b#k#1\nc: vault:{m}/data/free#k#1\n"
    paths = {"fast": (f"{m}/bot/a", "1s"), "slow": (f"{m}/bot/*", "30d"), "lost": (f"{m}x/bot/*", "30d")}
    policies = "".join(
        f"  {name}:\n    paths: [{one}]\n    every: {age}\n" for name, (one, age) in paths.items()
    )
    repo.commit(
        {
            "s.enc.yaml": sealer.seal("s.enc.yaml", text),
            "t.enc.ini": sealer.seal("t.enc.ini", f"[s]\nk = vault:{m}/data/bot/a#k#1\n"),
            "vault/rotation.yaml": f"policies:\n{policies}",
        }
    )
    return m


def seen(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    """The exit status, the key paths in their order, and standard error."""
    status = main(["status", "--format", "json", *arguments], now=lambda: time.time() + 60)
    out, err = capsys.readouterr()
    return status, [one["key_path"] for one in json.loads(out)["references"]], err


@pytest.mark.parametrize(
    ("arguments", "status", "shown"),
    [
        (["--check"], 1, ["a", "b", "c"]),
        (["--due"], 0, ["a"]),
        (["--check", "--due"], 1, ["a"]),
        (["--check", "--policy", "slow"], 0, ["b"]),
        (["--check", "--policy", "slow", "--require-policy"], 1, ["b"]),
        (["--policy", "fast", "--file", "s.enc.yaml"], 0, ["a"]),
        (["--file", "t.enc.ini"], 0, []),
        (["--sort", "urgency"], 0, ["a", "b", "c"]),
    ],
)
def test_what_is_shown_and_what_fails(
    several: str, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, shown: list[str]
) -> None:
    assert seen(capsys, *arguments)[:2] == (status, shown)


def test_idle_policies_references_without_one_and_what_is_no_reference_are_named(
    several: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--check", "--require-policy", "--offline"]) == 1
    out, err = capsys.readouterr()
    assert "the policy lost governs nothing: no sealed file refers to a secret of its `paths`" in out
    assert "t.enc.ini:3 s.k was meant as a reference and names no key" in out
    assert f"s.enc.yaml:3: no policy governs {several}/free#k" in err


def test_a_policy_that_is_not_there_is_one_line(several: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--policy", "fats"]) == 2
    assert "has no policy 'fats'; there are: fast, slow, lost" in capsys.readouterr().err


def test_openmetrics_end_to_end(several: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--format", "openmetrics"]) == 0
    out = capsys.readouterr().out
    assert out.endswith("# EOF\n")
    assert f'secret="{several}/bot/a"' in out
    assert 'sealward_policy_idle{policy="lost"} 1' in out
