"""A recipient leaves: the files are re-encrypted, and what that recipient could read is rotated."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.git import Repository
from sealward.reencryption.resealing import recipients
from sealward.sealed.files import sealed_files
from sealward.sops.reading.identities import find
from tests.support.rotations import KILLER, POLICY
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

COMMAND = ["reencrypt", "--data-key", "--then-rotate"]


class Leaving:
    """Two files that ``former`` could read: ``one`` and ``two`` are pinned in both, ``three`` in a file
    that was never theirs, where ``two`` is pinned as well."""

    def __init__(self, repo: Repo, sealer: Sealer, bao: Bao, former: str) -> None:
        self.repo, self.bao = repo, bao
        for name in ("one", "two", "three"):
            bao.put(f"bot/{name}", key=f"first value of {name}", other="kept")
        where = f"vault:{bao.mount}/data/bot"
        both = f"one: {where}/one#key#1\ntwo: {where}/two#key#1\n"
        repo.commit(
            {
                ".sops.yaml": sealer.rules(),
                "a.enc.yaml": sealer.seal("a.enc.yaml", both, sealer.rules(former)),
                "b.enc.yaml": sealer.seal("b.enc.yaml", both, sealer.rules(former)),
                "c.enc.yaml": sealer.seal("c.enc.yaml", f"two: {where}/two#key#1\nx: {where}/three#key#1\n"),
                "vault/rotation.yaml": POLICY.format(mount=bao.mount),
            }
        )

    def versions(self) -> list[int]:
        """The newest of one, two and three."""
        names = ("one", "two", "three")
        return [self.bao.client.metadata(self.bao.mount, f"bot/{name}").current for name in names]

    def pins(self) -> dict[str, set[int | None]]:
        """Each secret's pins; every file must open, for one recipient."""
        found: dict[str, set[int | None]] = {}
        with Repository(str(self.repo.path), "") as repository:
            for sealed in sealed_files(repository, find()):
                assert len(recipients(sealed)) == 1
                for site in sealed.sites:
                    found.setdefault(site.reference.path, set()).add(site.reference.version)
        return found


@pytest.fixture
def leaving(repo: Repo, sealer: Sealer, bao: Bao, tmp_path: Path) -> Leaving:
    return Leaving(repo, sealer, bao, new_identity(tmp_path, "former.txt")[0])


DONE = {"bot/one": {2}, "bot/two": {2}, "bot/three": {1}}


def test_what_they_could_read_is_rotated(leaving: Leaving, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMMAND, "--yes", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["secret"].rpartition("/")[2] for one in told["rotated"]] == ["one", "two"]
    assert {one["why"] for one in told["rotated"]} == {"a recipient left"}
    assert [(one["from"], one["to"]) for one in told["rotated"]] == [(1, 2)] * 2
    assert leaving.pins() == DONE
    assert leaving.versions() == [2, 2, 1]
    assert not list(leaving.repo.path.rglob("*sealward*"))


def test_it_can_follow_later(leaving: Leaving, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reencrypt"]) == 0
    assert leaving.versions() == [1, 1, 1]
    assert main(["reencrypt", "--then-rotate", "--yes"]) == 0
    assert leaving.pins() == DONE
    capsys.readouterr()
    assert main(["reencrypt", "--then-rotate", "--yes"]) == 0
    assert leaving.versions() == [2, 2, 1], "what was rotated is not known to them any more"
    assert "rotate what they could read" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("terminal", "2 secrets to rotate, and no terminal to ask on; add --yes"),
        ("server", "is unreachable"),
        ("version", "keeps one version only"),
    ],
)
def test_nothing_is_changed_where_it_cannot_be(
    leaving: Leaving,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    spoil: str,
    words: str,
) -> None:
    if spoil == "server":
        monkeypatch.setenv("BAO_ADDR", "http://127.0.0.1:9")
    if spoil == "version":
        leaving.bao.client.post(f"{leaving.bao.mount}/metadata/bot/two", max_versions=1)
    assert main([*COMMAND, *(["--yes"] if spoil != "terminal" else [])]) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.err.count("\n") == 1
    assert leaving.repo.git("status", "--porcelain") == ""
    assert leaving.versions() == [1, 1, 1]


def test_dry_run(leaving: Leaving, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMMAND, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert out.count("would reencrypt") == 3
    assert out.count("would rotate") == 2
    assert out.endswith("nothing was changed (--dry-run)\n")
    assert leaving.repo.git("status", "--porcelain") == ""
    assert leaving.versions() == [1, 1, 1]


def test_only_a_policy_knows_how_a_secret_is_made(
    leaving: Leaving, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = POLICY.format(mount=leaving.bao.mount).replace("**", "bot/one")
    leaving.repo.commit({"vault/rotation.yaml": policy})
    assert main([*COMMAND, "--yes"]) == 2
    told = capsys.readouterr()
    assert f"rotated {leaving.bao.mount}/bot/one" in told.out
    assert (
        f"{leaving.bao.mount}/bot/two was not rotated: no policy in vault/rotation.yaml says how key is"
        in told.err
    )
    assert leaving.versions() == [2, 1, 1]


@pytest.mark.slow
@pytest.mark.parametrize("step", range(1, 13, 2))
def test_killed_at_every_step_of_the_rotation(leaving: Leaving, step: int) -> None:
    words = [sys.executable, "-c", KILLER, str(step), "0", "0", *COMMAND, "--yes"]
    killed = subprocess.run(words, cwd=leaving.repo.path, capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stderr
    assert main([*COMMAND, "--yes"]) == 0
    assert leaving.pins() == DONE
    assert leaving.versions() == [2, 2, 1]
    assert not list(leaving.repo.path.rglob("*sealward*"))
