"""`sealward check` as people, hooks and jobs run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.demo.bao_server import dev_server
from tests.support import sealed_documents
from tests.support.literals import expand
from tests.support.openbao import Bao

if TYPE_CHECKING:
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

REFERENCE = "api_key: vault:secret/data/bot#api_key#1\n"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["good.enc.yaml"], 0),
        (["bad.enc.yaml"], 1),
        (["good.enc.yaml", "bad.enc.yaml"], 1),
        (["--all"], 1),
        (["--staged"], 0),
        (["warned.enc.yaml"], 0),
        (["warned.enc.yaml", "--strict"], 1),
        (["bad.enc.yaml", "--only", "sops-recipients"], 0),
        (["--from-ref", "HEAD~1"], 1),
        (["--from-ref", "nowhere"], 2),
        (["--to-ref", "HEAD"], 2),
        (["--all", "--staged"], 2),
        (["absent.yaml"], 2),
        ([], 2),
    ],
)
def test_exit_statuses(
    words: list[str], status: int, repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    good = sealer.seal("good.enc.yaml", REFERENCE)
    others = sealer.rules().replace(r"\.enc\.", r"warned").replace("age:", "encrypted_regex: ^api\n    age:")
    repo.commit({"readme.txt": "x"})
    files: dict[str, str | bytes] = {
        "bad.enc.yaml": REFERENCE,
        "good.enc.yaml": good,
        "warned.enc.yaml": good,
    }
    repo.commit({**files, ".sops.yaml": others})
    assert main(["check", *words]) == status
    told = capsys.readouterr()
    assert len(told.err.splitlines()) == (1 if status == 2 else 0), told.err


@pytest.mark.parametrize(
    ("words", "out", "err"),
    [
        (["-q", "plain.yaml"], "", ""),
        (["--quiet", "good.enc.yaml", "plain.yaml"], "", ""),
        (["-q", "bad.enc.yaml"], "not-sealed", ""),
        (["-q", "--format", "json", "plain.yaml"], '"files_read": 1', ""),
        (["-v", "plain.yaml"], "no findings", "sealward: plain.yaml: not sealed\n"),
        (["-v", "--format", "github", "good.enc.yaml"], "", "sealward: good.enc.yaml: sealed\n"),
        (["-v", "exempt.yaml"], "no findings", "sealward: exempt.yaml: left out (exempt as a whole)\n"),
        (["-v", "link.yaml"], "no findings", "sealward: link.yaml: left out (symbolic link)\n"),
    ],
)
def test_quiet_is_findings_alone_and_verbose_names_every_file(
    words: list[str], out: str, err: str, repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"good.enc.yaml": sealer.seal("good.enc.yaml", REFERENCE), "bad.enc.yaml": REFERENCE.encode()}
    repo.write({**files, "plain.yaml": "a: b\n", "exempt.yaml": "a: b\n", ".sops.yaml": sealer.rules()})
    repo.write({".sealward.yaml": "exempt: [{path: exempt.yaml, reason: an example}]\n"})
    (repo.path / "link.yaml").symlink_to("plain.yaml")
    assert main(["check", *words]) == ("bad.enc.yaml" in words)
    said = capsys.readouterr()
    assert said.err == err
    assert out in said.out
    assert bool(said.out) is bool(out), "quiet, nothing is said of files without findings"


def test_verbose_counts_as_ever_and_names_the_commit(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    first = repo.commit({"a": "1"})
    second = repo.commit({"a": "2", "b": "1"})
    assert main(["check", "-v", "--from-ref", first]) == 0
    said = capsys.readouterr()
    assert "(2 files read, 0 sealed)" in said.out
    assert f"sealward: b (in commit {second[:10]}): not sealed\n" in said.err


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        ("none", "there is no age identity"),
        ("wrong", "no identity at hand opens it"),
        ("one-of-two", "keys at hand open 1 of 2 key groups, 2 are needed"),
    ],
)
def test_without_the_right_key(
    variant: str,
    message: str,
    repo: Repo,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Checked from outside, and said so; where keys are required, one finding says why."""
    keys = sealed_documents.Keys(repo.path.parent)
    groups, threshold, environment = keys.variants()[variant]
    case = sealed_documents.Case("yaml", REFERENCE.encode(), ())
    data = sealed_documents.seal(case, groups, threshold, keys.environment(), repo.path.parent)
    assert data is not None
    repo.write({"s.enc.yaml": data})
    for name in [name for name in os.environ if name.startswith("SOPS_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["check", "s.enc.yaml"]) == 0
    told = capsys.readouterr().out
    assert told == (
        "sealward: no findings (1 file read, 1 sealed, 1 of them checked only from outside: "
        "no key at hand opens them)\n"
    )
    assert main(["check", "s.enc.yaml", "--require-keys"]) == 1
    first, hint, blank, summary = capsys.readouterr().out.splitlines()[1:]
    assert first.startswith(f"  s.enc.yaml:1:1: error: cannot be opened: {message}")
    assert first.endswith("[undecryptable]")
    assert all(recipient in hint for group in groups for recipient in group)
    assert (blank, summary.startswith("sealward: 1 error in 1 file")) == ("", True)


@pytest.mark.parametrize(
    ("text", "loaded"), [(None, False), ("hello\n", False), ("pw: postgres://u:%b62:16%@h/db\n", True)]
)
def test_detect_secrets_is_loaded_for_unsealed_files_alone(
    text: str | None, loaded: bool, repo: Repo, sealer: Sealer
) -> None:
    """And only for those that may hold something."""
    repo.write({"s.enc.yaml": sealer.seal("s.enc.yaml", REFERENCE)})
    if text is not None:
        repo.write({"plain.yaml": expand(text, seed=1)})
    code = (
        "import sys; from sealward.cli import main; status = main(sys.argv[1:]);"
        "print(any(name.startswith('detect_secrets') for name in sys.modules), 'hvac' in sys.modules, status)"
    )
    words = [sys.executable, "-c", code, "check", "s.enc.yaml", *(["plain.yaml"] if text else [])]
    done = subprocess.run(words, cwd=repo.path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == f"{loaded} False {int(loaded)}"


def rules_found(told: str) -> set[str]:
    return {finding["rule"] for finding in json.loads(told)["findings"]}


def test_online(repo: Repo, sealer: Sealer, bao: Bao, capsys: pytest.CaptureFixture[str]) -> None:
    """One run over references of every kind; no value is shown, nothing is written."""
    for number in range(11):
        bao.put("bot", api_key=f"canary-{number}")
    bao.client.post(f"{bao.mount}/delete/bot", versions=[5])
    bao.client.transport.request("put", f"{bao.mount}/destroy/bot", json={"versions": [6]})
    pins = {"kept": 11, "vanishing": 2, "deleted": 5, "destroyed": 6, "dropped": 1, "future": 12}
    for name, version in pins.items():
        text = f"api_key: vault:{bao.mount}/data/bot#api_key#{version}\n"
        repo.write({f"{name}.enc.yaml": sealer.seal(f"{name}.enc.yaml", text)})
    absent = f"one: vault:{bao.mount}/data/absent#key#1\ntwo: vault:{bao.mount}/data/bot#absent#11\n"
    repo.write({"absent.enc.yaml": sealer.seal("absent.enc.yaml", absent)})
    before = bao.client.metadata(bao.mount, "bot")

    found = {}
    for name in ("absent", *pins):
        main(["check", f"{name}.enc.yaml", "--online", "--format", "json"])
        told = capsys.readouterr()
        assert "canary" not in told.out + told.err
        found[name] = rules_found(told.out)

    assert found == {
        "kept": set(),
        "vanishing": {"vanishing-version"},
        "deleted": {"missing-version"},
        "destroyed": {"missing-version"},
        "dropped": {"missing-version"},
        "future": {"missing-version"},
        "absent": {"missing-secret", "missing-key"},
    }
    assert bao.client.metadata(bao.mount, "bot") == before


def test_online_without_rights(
    repo: Repo, sealer: Sealer, bao: Bao, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bao.put("bot", api_key="canary")
    text = f"api_key: vault:{bao.mount}/data/bot#api_key#1\n"
    repo.write({"s.enc.yaml": sealer.seal("s.enc.yaml", text)})
    monkeypatch.setenv("VAULT_TOKEN", bao.token('path "other/*" { capabilities = ["read"] }'))
    assert main(["check", "s.enc.yaml", "--online", "--format", "json"]) == 1
    assert rules_found(capsys.readouterr().out) == {"unreadable-secret"}
    monkeypatch.setenv("VAULT_TOKEN", "wrong")
    assert main(["check", "s.enc.yaml", "--online"]) == 2
    assert "token is missing, wrong or expired" in capsys.readouterr().err


@pytest.mark.slow
def test_online_with_a_sealed_server(
    repo: Repo, sealer: Sealer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is asked again for a while, as a server is sealed for a moment when it restarts; then one line."""
    monkeypatch.setattr("sealward.vault.transport.PATIENCE_SECONDS", 0.5)
    with dev_server() as server:
        Bao(server).client.transport.request("put", "sys/seal")
        monkeypatch.setenv("VAULT_ADDR", server.address)
        monkeypatch.setenv("VAULT_TOKEN", server.root_token)
        repo.write({"s.enc.yaml": sealer.seal("s.enc.yaml", REFERENCE)})
        assert main(["check", "s.enc.yaml", "--online"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "is sealed" in told[0]
