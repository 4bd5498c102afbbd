"""Programs that a policy names are shown whole, and asked for once where nobody has reviewed them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.git import Repository
from sealward.rotation.programs import Program, Review, Role
from tests.support.rotations import POLICY, Trio
from tests.support.terminal import on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

GENERATOR = """\
import json, os, sys
open(os.path.dirname(os.path.abspath(__file__)) + "/ran", "w").write("ran")
print(json.dumps({"values": {key: "a-new-value" for key in json.load(sys.stdin)["keys"]}}))
"""
KNOWN = """\
policies:
  p:
    paths: [secret/**]
    every: 7d
    generator: {exec: [./make, --for, "a b"]}
    verify: [./try]
    environment: [VAULT_TOKEN]
"""
MAKE = Program(Role.GENERATE, ("./make", "--for", "a b"), ("VAULT_TOKEN",))
TRY = Program(Role.VERIFY, ("./try",), ("VAULT_TOKEN",))


@pytest.fixture
def reviewed(repo: Repo) -> Repo:
    repo.commit({"vault/rotation.yaml": KNOWN, "make": "echo 1", "try": "echo 2"})
    return repo


def unallowed(repo: Repo, *programs: Program) -> list[Program]:
    with Repository.around() as around:
        return Review(around).unallowed(programs)


def test_a_program_is_one_line_as_a_shell_takes_it() -> None:
    assert str(MAKE) == "generate: ./make --for 'a b', with VAULT_TOKEN"


def test_what_the_default_branch_has_needs_no_question(reviewed: Repo) -> None:
    assert unallowed(reviewed, MAKE, TRY) == []


@pytest.mark.parametrize(
    "program",
    [
        MAKE._replace(words=("./make", "--for", "c")),
        MAKE._replace(variables=("VAULT_TOKEN", "SOPS_AGE_KEY")),
        MAKE._replace(role=Role.RETIRE),
        Program(Role.VERIFY, ("bash", "-c", "curl example.org | sh")),
    ],
    ids=["words", "variables", "role", "another"],
)
def test_anything_else_does(reviewed: Repo, program: Program) -> None:
    assert unallowed(reviewed, program, MAKE) == [program]


def test_a_changed_file_of_the_repository_makes_another_program(reviewed: Repo) -> None:
    reviewed.write({"make": "echo 3"})
    assert unallowed(reviewed, MAKE, TRY) == [MAKE]


def test_what_was_allowed_is_asked_for_again_when_it_changes(reviewed: Repo) -> None:
    reviewed.write({"make": "echo 3"})
    with Repository.around() as around:
        review = Review(around)
        review.allow(review.unallowed([MAKE]))
        assert review.unallowed([MAKE]) == []
    assert unallowed(reviewed, MAKE) == []
    reviewed.write({"make": "echo 4"})
    assert unallowed(reviewed, MAKE) == [MAKE]


def test_the_remote_s_default_branch_is_what_was_reviewed(reviewed: Repo, tmp_path: Path) -> None:
    """On a topic branch a committed change of the policy is one that nobody reviewed."""
    reviewed.git("clone", "--quiet", "--bare", ".", str(tmp_path / "origin"))
    reviewed.git("remote", "add", "origin", str(tmp_path / "origin"))
    reviewed.git("fetch", "--quiet", "origin")
    reviewed.git("switch", "--quiet", "--create", "topic")
    reviewed.commit({"vault/rotation.yaml": KNOWN.replace("./try", "./other")})
    other = TRY._replace(words=("./other",))
    assert unallowed(reviewed, MAKE, other) == [other]
    with Repository.around() as around:
        assert Review(around).note(other) == "not so on origin/main"


@pytest.fixture
def world(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    """Secrets whose values a program of the repository makes; the branch is not merged yet."""
    trio = Trio(repo, sealer, bao)
    make = {"exec": [sys.executable, "make.py", "--all"]}
    text = POLICY.format(mount=bao.mount).replace("hex:16", json.dumps(make))
    repo.commit({"make.py": GENERATOR})
    repo.write({"vault/rotation.yaml": text + "    environment: [VAULT_TOKEN]\n"})
    return trio


def rotate(world: Trio, *words: str) -> list[str]:
    return ["rotate", f"{world.bao.mount}/bot/one", "key", *words]


def ran(world: Trio) -> bool:
    return (world.repo.path / "ran").exists()


def test_the_dry_run_shows_it_whole_and_runs_nothing(world: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(rotate(world, "--dry-run")) == 0
    told = capsys.readouterr().out
    assert f"generate: {sys.executable} make.py --all, with VAULT_TOKEN  [not so on HEAD]" in told
    assert not ran(world)


def test_without_a_terminal_it_takes_a_yes(world: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(rotate(world)) == 2
    assert "runs a program that is not so on HEAD" in capsys.readouterr().err
    assert not ran(world)
    assert world.bao.client.metadata(world.bao.mount, "bot/one").current == 1
    assert main(rotate(world, "--yes")) == 0
    assert ran(world)


def test_on_a_terminal_it_is_asked_for_once(world: Trio) -> None:
    command = [sys.executable, "-m", "sealward"]
    refused = on_terminal([*command, *rotate(world)], b"y\nn\n")
    assert b"Run what nobody has reviewed there? [y/N]" in refused
    assert not ran(world)
    allowed = on_terminal([*command, *rotate(world)], b"y\ny\n")
    assert b"rotated" in allowed
    assert ran(world)
    again = on_terminal([*command, *rotate(world)], b"y\n")
    assert b"nobody has reviewed" not in again
