"""git itself with the driver: every command that merges gives a file that ``sops decrypt`` opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from tests.support.merges import DRIVER, Branches, edited
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

BOTH = "db:\n    host: two\n    port: 1\n    user: you\nlast: x\n"


def rebase(made: Branches) -> None:
    made.repo.git("checkout", "--quiet", "other")
    made.repo.git("rebase", "--quiet", "main")


def revert(made: Branches) -> None:
    """An old commit, with a later one on top of it."""
    git = made.repo.git
    wrong = edited(made.path, made.lying, db__port="wrong")
    made.repo.commit({made.path: wrong})
    made.repo.commit({made.path: edited(made.path, wrong, db__user="you")})
    git("revert", "--no-edit", "HEAD~1")
    assert "port: 1\n" in made.opened()


def stash(made: Branches) -> None:
    git = made.repo.git
    made.repo.write({made.path: edited(made.path, made.lying, db__user="you")})
    git("stash", "--quiet")
    made.repo.commit({made.path: edited(made.path, made.lying, last="end")})
    git("stash", "pop")
    made.repo.write({made.path: edited(made.path, made.lying, last="x")})


def mail(made: Branches) -> None:
    patch = made.repo.git("format-patch", "--stdout", "-1", "other")
    made.repo.write({"../patch": patch})
    made.repo.git("am", "-3", "--quiet", "../patch")


def renamed(made: Branches) -> None:
    made.repo.git("mv", made.path, "moved.enc.yaml")
    made.repo.git("commit", "--quiet", "--no-verify", "--message", "moved")
    made.repo.git("merge", "--no-edit", "other")
    made.path = "moved.enc.yaml"


WAYS: dict[str, Callable[[Branches], object]] = {
    "merge": lambda made: made.repo.git("merge", "--no-edit", "other"),
    "merge --squash": lambda made: made.repo.git("merge", "--squash", "other"),
    "rebase": rebase,
    "cherry-pick": lambda made: made.repo.git("cherry-pick", "other"),
    "revert": revert,
    "stash pop": stash,
    "am -3": mail,
    "rename": renamed,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_merge(repo: Repo, sealer: Sealer, way: str) -> None:
    made = Branches(repo, sealer)
    made.fork(edited(made.path, made.base, db__host="two"), edited(made.path, made.base, db__user="you"))
    made.drive()
    WAYS[way](made)
    assert made.opened() == BOTH
    assert "UU" not in repo.git("status", "--porcelain")


@pytest.mark.parametrize(
    "path", ["a b/s.enc.yaml", "-dash.enc.yaml", "d/-dash.enc.yaml", "q'uo\"te.enc.yaml", "$(x);é.enc.yaml"]
)
def test_odd_names(repo: Repo, sealer: Sealer, path: str) -> None:
    made = Branches(repo, sealer, path=path)
    made.fork(edited(path, made.base, db__host="two"), edited(path, made.base, db__user="you"))
    made.drive()
    repo.git("merge", "--no-edit", "other")
    assert made.opened() == BOTH


def test_a_criss_cross_with_a_conflict_among_its_bases(repo: Repo, sealer: Sealer) -> None:
    made = Branches(repo, sealer)
    made.fork(edited(made.path, made.base, db__host="two"), edited(made.path, made.base, db__host="three"))
    made.drive()
    git = repo.git
    for branch, other in (("main", "other"), ("other", "main~1")):
        git("checkout", "--quiet", branch)
        assert "CONFLICT" in git("merge", "--no-edit", other, check=False)
        assert main(["merge", "--ours", "*" if branch == "main" else "db.host"]) == 0
        git("commit", "--quiet", "--no-verify", "--no-edit")
    git("checkout", "--quiet", "main")
    made.repo.commit({made.path: edited(made.path, made.lying, last="end")})
    git("merge", "--no-edit", "other", check=False)
    assert b"<<<<<<<" in made.lying
    assert main(["merge", "--theirs", "db.host"]) == 0
    assert "last: end" in made.opened()


@pytest.mark.parametrize("broken", ["missing", "killed", "no sops", "traceback"])
def test_a_driver_that_cannot_leaves_markers(
    repo: Repo, sealer: Sealer, broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sealward.merging.installation import merge_settings

    made = Branches(repo, sealer)
    made.fork(edited(made.path, made.base, db__host="two"), edited(made.path, made.base, db__user="you"))
    made.drive()
    program = tmp_path / "sealward"
    script = {"killed": "kill -9 $$", "traceback": "echo Traceback >&2; exit 1"}.get(broken)
    if script:
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    if broken == "no sops":
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "sops").write_text("#!/bin/sh\nexit 9\n")
        (folder / "sops").chmod(0o755)
        monkeypatch.setenv("PATH", str(folder), prepend=":")
        line = merge_settings(DRIVER.partition(" merge-driver")[0])[0][1]
    else:
        line = merge_settings(str(program))[0][1]
    repo.git("config", "merge.sealward.driver", line)
    assert "CONFLICT" in repo.git("merge", "--no-edit", "other", check=False)
    assert b"<<<<<<<" in made.lying
    if broken != "no sops":
        assert main(["merge"]) == 0
        assert made.opened() == BOTH


def test_an_outsiders_branch_gets_nothing(repo: Repo, sealer: Sealer, tmp_path: Path) -> None:
    mallory, _ = new_identity(tmp_path, "mallory.txt")
    made = Branches(repo, sealer)
    theirs = sealer.seal(made.path, "db:\n  host: theirs\n", sealer.rules(mallory))
    made.fork(edited(made.path, made.base, newsecret="canary"), theirs)
    made.drive()
    repo.git("checkout", "--quiet", "other")
    repo.commit({".sops.yaml": sealer.rules(mallory)})
    repo.git("checkout", "--quiet", "main")
    shown = repo.git("merge", "--no-edit", "other", check=False)
    assert "CONFLICT" in shown
    assert f"adds the recipient age {mallory}" in shown
    assert b"<<<<<<<" in made.lying
    assert main(["merge"]) == 1
    assert main(["merge", "--ours", "recipients", "--ours", "*"]) == 0
    assert mallory.encode() not in made.lying
    assert "newsecret: canary" in made.opened()
