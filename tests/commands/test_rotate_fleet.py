"""Several repositories that use one secret: none revokes what another one has registered, and the rotator's own
policy is enough for all of it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from tests.support.repo import Repo, make

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.sops import Sealer

ROTATOR = Path(__file__).parents[2] / "vault" / "rotator.hcl"


class Fleet:
    """Repositories with a remote each, that pin version 1 of one secret; old values go to a program."""

    def __init__(self, sealer: Sealer, bao: Bao, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sealer, self.bao, self.folder, self.ahead = sealer, bao, folder, 0.0
        self.log, self.monkeypatch = folder / "revoked", monkeypatch
        bao.put("bot/binance", api_key="OLD1")

    def repository(self, name: str, version: int = 1) -> Repo:
        bao, code = self.bao, "import json, sys; o = json.load(sys.stdin)['values']['api_key']"
        program = f"{code}; open({str(self.log)!r}, 'a').write(o + chr(10))"
        made = make(self.folder / name)
        text = f"a: vault:{bao.mount}/data/bot/binance#api_key#{version}\n"
        made.commit(
            {
                ".sops.yaml": self.sealer.rules(),
                "s.enc.yaml": self.sealer.seal("s.enc.yaml", text),
                "vault/rotation.yaml": (
                    f"repository: example.org/{name}\npolicies:\n  p:\n    paths: [{bao.mount}/bot/*]\n"
                    f"    every: 7d\n    retire: [{sys.executable}, -c, {json.dumps(program)}]\n    grace: 1m\n"
                ),
            }
        )
        return made

    def run(self, repo: Repo, *words: str) -> int:
        self.monkeypatch.chdir(repo.path)
        return main([*words], now=lambda: time.time() + self.ahead)

    def after_the_grace(self, repo: Repo) -> None:
        assert self.run(repo, "rotate", "--resume") == 0
        self.ahead += 61
        assert self.run(repo, "rotate", "--resume") == 0

    @property
    def revoked(self) -> list[str]:
        return self.log.read_text().split() if self.log.exists() else []

    @property
    def custom(self) -> dict[str, str]:
        return self.bao.client.metadata(self.bao.mount, "bot/binance").custom


@pytest.fixture
def fleet(sealer: Sealer, bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """Everybody logs in with the policy of vault/rotator.hcl, and nothing more."""
    policy = ROTATOR.read_text().replace('"secret/', f'"{bao.mount}/')
    monkeypatch.setenv("VAULT_TOKEN", bao.token(policy))
    return Fleet(sealer, bao, tmp_path, monkeypatch)


def test_what_another_repository_has_registered_is_waited_for(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = fleet.repository("ours"), fleet.repository("theirs")
    assert fleet.run(theirs, "status", "--register", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["registered"] == 1
    assert fleet.custom["sealward-pin-example.org/theirs"].startswith("1; ")
    assert fleet.run(ours, "rotate", f"{fleet.bao.mount}/bot/binance", "api_key", "--commit") == 0
    assert fleet.custom["sealward-pin-example.org/ours"].startswith("2; ")
    fleet.after_the_grace(ours)
    assert "once example.org/theirs no longer pins it" in capsys.readouterr().out
    assert fleet.revoked == []
    assert fleet.run(theirs, "rotate", "--due", "--commit", "--yes") == 0
    fleet.ahead += 8 * 86400
    assert fleet.run(theirs, "rotate", "--due", "--commit", "--yes") == 0
    assert fleet.custom["sealward-pin-example.org/theirs"].startswith("3; ")
    fleet.after_the_grace(ours)
    assert fleet.revoked == ["OLD1"]


def test_a_repository_that_has_gone_is_passed_over_and_named(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = fleet.repository("ours"), fleet.repository("theirs")
    assert fleet.run(theirs, "status", "--register") == 0
    assert "registered the pins of 1 secret" in capsys.readouterr().out
    assert fleet.run(ours, "rotate", f"{fleet.bao.mount}/bot/binance", "api_key", "--commit") == 0
    fleet.ahead += 31 * 86400
    fleet.after_the_grace(ours)
    assert fleet.revoked == ["OLD1"]
    assert "example.org/theirs pinned version 1" in capsys.readouterr().out
    assert fleet.run(theirs, "status", "--check") == 1
    assert "revoked" in capsys.readouterr().out


def test_a_reference_that_has_gone_is_registered_no_more(fleet: Fleet) -> None:
    theirs = fleet.repository("theirs")
    assert fleet.run(theirs, "status", "--register") == 0
    theirs.commit({"s.enc.yaml": fleet.sealer.seal("s.enc.yaml", "a: nothing\n")})
    assert fleet.run(theirs, "status", "--register") == 0
    assert fleet.custom == {}


def test_what_cannot_be_registered_is_said(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    """A token that may only look, and a remote of which nothing is known."""
    theirs = fleet.repository("theirs")
    policy = f'path "{fleet.bao.mount}/metadata/*" {{ capabilities = ["read"] }}'
    fleet.monkeypatch.setenv("VAULT_TOKEN", fleet.bao.token(policy))
    assert fleet.run(theirs, "status", "--register") == 2
    assert "are not registered" in capsys.readouterr().err
    theirs.git("remote", "add", "origin", "git@example.org:x.git")
    assert fleet.run(theirs, "status", "--register") == 2
    assert "git fetch origin" in capsys.readouterr().err
    assert fleet.run(theirs, "status", "--register", "--offline") == 2
