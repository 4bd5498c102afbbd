"""``sealward history`` over a made history: all that was planted is found, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sealward.cli import main
from tests.support.merges import edited
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.repo import Repo
    from tests.support.sops import Sealer


def test_planted_secrets(
    repo: Repo, sealer: Sealer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, file = new_identity(tmp_path, "gone")
    text = "db:\n  pass: live-canary\n  user: old-canary\n"
    repo.commit(
        {
            "secrets.yaml": text,
            "same.enc.yaml": "k: same-canary\n",
            "README.md": "db: pass\n",
            "keys": file.read_text(),
        }
    )
    sealed = sealer.seal("secrets.enc.yaml", text, sealer.rules(gone))
    repo.git("rm", "-q", "secrets.yaml")
    repo.commit(
        {"secrets.enc.yaml": sealed, "same.enc.yaml": sealer.seal("same.enc.yaml", "k: same-canary\n")}
    )
    changed = sealer.seal("secrets.enc.yaml", text)
    changed = edited("secrets.enc.yaml", changed, db__user="vault:secret/data/bot#user#1")
    clean = sealer.seal("always.enc.yaml", "a: canary\n")
    repo.commit({"secrets.enc.yaml": changed, "always.enc.yaml": clean})
    assert main(["history", "--format", "json"]) == 1
    shown = capsys.readouterr().out
    assert "canary" not in shown
    assert "AGE-SECRET" not in shown
    data = json.loads(shown)
    assert {(one["path"], one["sealed"], one["key"], one["state"]) for one in data["exposed"]} == {
        ("secrets.yaml", "secrets.enc.yaml", "db.pass", "live"),
        ("secrets.yaml", "secrets.enc.yaml", "db.user", "moved to Vault"),
        ("same.enc.yaml", "same.enc.yaml", "k", "live"),
    }
    assert [(one["path"], one["private_key_in"]) for one in data["readers"]] == [("secrets.enc.yaml", "keys")]
    assert "sealward rotate secret/bot user" in data["plan"]
    assert data["paths"] == 3


def test_nothing_to_find(repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"a.enc.yaml": sealer.seal("a.enc.yaml", "a: 1\n"), "b.yaml": "a: 1\n"})
    assert main(["history"]) == 0
    assert capsys.readouterr().out.startswith("1 path ever sealed: 0 values")
    assert main(["history", "absent"]) == 2
