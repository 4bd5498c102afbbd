"""What can be known before the first write to Vault is looked at before it; what a refused commit left is committed
later; git is taken as it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.git import Repository
from sealward.lock import alone
from sealward.rotation.committing import Change, changes_in
from tests.support.rotations import NAMES, POLICY, Trio

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.fixture
def trio(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    return Trio(repo, sealer, bao)


def hook(repo: Repo, name: str, text: str, mode: int = 0o755) -> None:
    file = repo.path / ".git" / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    file.chmod(mode)


def nobody(repo: Repo) -> None:
    repo.git("config", "--unset", "user.email")
    repo.git("config", "user.useConfigOnly", "true")


def merging(repo: Repo) -> None:
    repo.git("switch", "--quiet", "--create", "side")
    repo.commit({"x": "side"})
    repo.git("switch", "--quiet", "main")
    repo.commit({"y": "main"})
    repo.git("merge", "--quiet", "--no-commit", "--no-ff", "side")


def picking(repo: Repo) -> None:
    repo.commit({"x": "1"})
    name = repo.commit({"x": "2"})
    repo.git("reset", "--quiet", "--hard", "HEAD~2")
    repo.git("cherry-pick", name, check=False)


def unsigned(repo: Repo) -> None:
    repo.git("config", "commit.gpgsign", "true")
    repo.git("config", "gpg.program", "/nonexistent/gpg")


def hooks_elsewhere(repo: Repo) -> None:
    repo.write({"hooks/commit-msg": "#!/usr/bin/env no-such-program\n"})
    (repo.path / "hooks" / "commit-msg").chmod(0o755)
    repo.git("config", "core.hooksPath", "hooks")


OBSTACLES: dict[str, tuple[Callable[[Repo], object], str]] = {
    "nobody": (nobody, "git does not know who commits"),
    "merge": (merging, "a merge is under way"),
    "cherry-pick": (picking, "a cherry-pick is under way"),
    "rebase": (lambda repo: (repo.path / ".git" / "rebase-merge").mkdir(), "a rebase is under way"),
    "lock": (lambda repo: (repo.path / ".git" / "index.lock").touch(), "index.lock is there"),
    "hook": (lambda repo: hook(repo, "pre-commit", "#!/nonexistent/python\n"), "needs /nonexistent/python"),
    "hooks elsewhere": (hooks_elsewhere, "needs no-such-program, which is not on PATH"),
    "signature": (unsigned, "commits cannot be signed"),
}


@pytest.mark.parametrize("name", OBSTACLES)
def test_a_commit_that_git_would_refuse_is_known_before_the_first_write(
    trio: Trio, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("EMAIL", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(variable, raising=False)
    spoil, words = OBSTACLES[name]
    spoil(trio.repo)
    assert main(["rotate", "--all", "--yes", "--commit"]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1
    assert trio.versions() == dict.fromkeys(NAMES, 1)
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key"]) == 0, (
        "without a commit nothing stands in its way"
    )


def test_harmless_twins_stand_in_no_ones_way(trio: Trio) -> None:
    hook(trio.repo, "pre-commit", "#!/nonexistent/python\n", mode=0o644)  # git passes over it
    hook(trio.repo, "post-commit", "#!/bin/sh\nexit 0\n")
    hook(trio.repo, "commit-msg", "#!/usr/bin/env sh\nexit 0\n")
    (trio.repo.path / ".git" / "BISECT_LOG").touch()
    assert main(["rotate", "--all", "--yes", "--commit"]) == 0


def test_what_a_refused_commit_left_is_committed_by_resume(
    trio: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    hook(trio.repo, "pre-commit", "#!/bin/sh\nexit 1\n")
    assert main(["rotate", "--all", "--yes", "--commit"]) == 2
    told = capsys.readouterr()
    assert "`sealward rotate --resume --commit`" in told.err
    assert told.out.count("rotated ") == 3, "what was done is printed"
    hook(trio.repo, "pre-commit", "#!/bin/sh\nexit 0\n")
    trio.repo.write({"own.txt": "not ours"})
    assert main(["rotate", "--resume", "--commit"]) == 0
    assert "committed 2 files: Rotate 3 secrets" in capsys.readouterr().out
    assert trio.repo.git("status", "--porcelain") == "?? own.txt\n"
    mount = trio.bao.mount
    said = changes_in(trio.repo.git("log", "-1", "--format=%B"))
    assert set(said) == {
        Change(f"{mount}/bot/one", "key", 1, 2),
        Change(f"{mount}/bot/two", "key", 1, 2),
        Change(f"{mount}/bot/three", "key", 1, 2),
        Change(f"{mount}/bot/three", "other", 1, 2),
    }
    assert main(["rotate", "--resume", "--commit"]) == 0
    assert capsys.readouterr().out == "nothing is unfinished\n"


def test_resume_commits_no_edit_of_the_users_own(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    assert trio.rotate(f"{trio.bao.mount}/bot/one", "key", kill_at=4).stdout == "killed at written\n"
    file = trio.repo.path / "a.enc.yaml"
    text = trio.sealer.opened("a.enc.yaml", file.read_bytes())
    file.write_bytes(trio.sealer.seal("a.enc.yaml", text + "mine: half-done\n"))
    before = trio.repo.git("rev-parse", "HEAD")
    assert main(["rotate", "--resume", "--commit"]) == 2
    assert "not committed, as there are changes of your own: a.enc.yaml" in capsys.readouterr().err
    assert trio.repo.git("rev-parse", "HEAD") == before
    assert trio.pins()["one"] == {2}


@pytest.mark.parametrize("work_tree", ["as staged", "as HEAD", "another"])
def test_staged_content_is_never_thrown_away(
    trio: Trio, work_tree: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = trio.repo.path / "a.enc.yaml"
    committed = file.read_bytes()
    text = trio.sealer.opened("a.enc.yaml", committed)
    staged = trio.sealer.seal("a.enc.yaml", text + "mine: staged\n")
    file.write_bytes(staged)
    trio.repo.git("add", "a.enc.yaml")
    if work_tree != "as staged":
        file.write_bytes(
            committed if work_tree == "as HEAD" else trio.sealer.seal("a.enc.yaml", text + "x: y\n")
        )
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key", "--commit"]) == 2
    assert "a.enc.yaml has uncommitted changes" in capsys.readouterr().err
    assert trio.repo.git("show", ":a.enc.yaml").encode() == staged
    assert trio.versions()["one"] == 1


@pytest.mark.parametrize(
    ("role", "program", "words"),
    [
        ("verify", "scripts/nothere", "is not there"),
        ("retire", "no-such-program-anywhere", "is not on PATH"),
        ("generator", "scripts/plain", "is not executable"),
        ("verify", "./scripts", "is not a file"),
        ("retire", "scripts/broken", "needs /nonexistent/shell, which is not there"),
    ],
)
def test_programs_of_the_policy_are_looked_for_before_the_first_write(
    trio: Trio, role: str, program: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trio.repo.write({"scripts/plain": "x", "scripts/broken": "#!/nonexistent/shell\n"})
    (trio.repo.path / "scripts" / "broken").chmod(0o755)
    said = f"{{exec: [{program}]}}" if role == "generator" else f"[{program}]"
    policy = POLICY.format(mount=trio.bao.mount).replace("    generator: hex:16\n", "")
    more = "    grace: 1h\n" if role == "retire" else ""
    trio.repo.commit({"vault/rotation.yaml": f"{policy}    {role}: {said}\n{more}"})
    assert main(["rotate", "--all", "--dry-run"]) == 2
    assert main(["rotate", "--all", "--yes"]) == 2
    assert capsys.readouterr().err.count(words) == 6
    assert trio.versions() == dict.fromkeys(NAMES, 1)


def test_a_value_from_standard_input_needs_no_generator(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    policy = POLICY.format(mount=trio.bao.mount).replace("hex:16", "{exec: [scripts/nothere]}")
    trio.repo.commit({"vault/rotation.yaml": policy})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"piped\n")))
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key", "--value-stdin"]) == 0
    assert trio.bao.get("bot/one")["key"] == "piped"


@pytest.mark.parametrize(("own", "of_mount", "status"), [(1, 20, 0), (1, 0, 2), (0, 1, 2), (5, 1, 0)])
def test_the_server_keeps_the_larger_of_the_secrets_and_the_mounts_versions(
    trio: Trio, own: int, of_mount: int, status: int
) -> None:
    trio.bao.client.post(f"{trio.bao.mount}/config", max_versions=of_mount)
    trio.bao.client.post(f"{trio.bao.mount}/metadata/bot/one", max_versions=own)
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key"]) == status
    assert bool(trio.bao.get("bot/one", 1)) is True


FORMS: dict[str, Callable[[Path], str]] = {
    "plain": lambda top: "sub/c.enc.yaml",
    "dots": lambda top: "./sub/../sub//c.enc.yaml",
    "up": lambda top: f"../{top.name}/sub/c.enc.yaml",
    "absolute": lambda top: f"{top}/sub/c.enc.yaml",
    "through a linked folder": lambda top: "linked/c.enc.yaml",
    "through a link from elsewhere": lambda top: f"{top.parent}/elsewhere/c.enc.yaml",
}


def test_a_file_has_one_name(repo: Repo) -> None:
    repo.write({"sub/c.enc.yaml": "x"})
    (repo.path / "linked").symlink_to("sub")
    (repo.path.parent / "elsewhere").symlink_to(repo.path / "sub")
    with Repository.around() as repository:
        found = {name: repository.from_top(form(repo.path)) for name, form in FORMS.items()}
    assert found == dict.fromkeys(FORMS, "sub/c.enc.yaml")


@pytest.mark.parametrize("form", ["up", "through a link from elsewhere"])
@pytest.mark.parametrize("dirty", [False, True])
def test_a_file_is_the_same_file_however_it_is_named(
    trio: Trio, form: str, dirty: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    top = trio.repo.path
    where = f"vault:{trio.bao.mount}/data/bot"
    sealed = trio.sealer.seal("sub/c.enc.yaml", f"one: {where}/one#key#1\n")
    trio.repo.commit({"sub/c.enc.yaml": sealed})
    (top / "linked").symlink_to("sub")
    (top.parent / "elsewhere").symlink_to(top / "sub")
    if dirty:
        trio.repo.write(
            {"sub/c.enc.yaml": trio.sealer.seal("sub/c.enc.yaml", f"one: {where}/one#key#1\nx: y\n")}
        )
    done = main(["rotate", f"{trio.bao.mount}/bot/one", "key", "--commit", "--file", FORMS[form](top)])
    told = capsys.readouterr()
    if dirty:
        assert done == 2
        assert "sub/c.enc.yaml has uncommitted changes" in told.err
    else:
        assert done == 0, told.err
        assert "\n  sub/c.enc.yaml  one  pin 1 → 2\n" in told.out
        assert trio.repo.git("show", "--stat", "--format=").count("sub/c.enc.yaml") == 1


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("../outside.yaml", "lies outside of this repository"),
        ("link.enc.yaml", "symbolic link"),
        ("nothing.enc.yaml", "No such file"),
    ],
)
def test_what_is_no_file_of_the_repository_is_refused(
    trio: Trio, path: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (trio.repo.path / "link.enc.yaml").symlink_to("a.enc.yaml")
    trio.repo.git("add", "link.enc.yaml")
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key", "--file", path]) == 2
    assert words in capsys.readouterr().err or words == "symbolic link"
    assert trio.versions()["one"] == 1


def test_from_a_folder_below(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    (trio.repo.path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(trio.repo.path / "deep" / "er")
    with Repository.around() as repository:
        assert repository.from_top("../../a.enc.yaml") == "a.enc.yaml"
        assert repository.from_top("x") == "deep/er/x"
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key", "--commit", "--file", "../../a.enc.yaml"]) == 0
    assert trio.pins()["one"] == {2}


@pytest.mark.parametrize("command", [["rotate", "--all", "--yes"], ["status"], ["reencrypt", "--dry-run"]])
def test_a_sealed_file_in_a_merge_conflict_stops_the_run(
    trio: Trio, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two branches that rotated different secrets in one file: what it pins is not known until it is merged."""
    trio.repo.git("switch", "--quiet", "--create", "side")
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key", "--commit"]) == 0
    trio.repo.git("switch", "--quiet", "main")
    assert main(["rotate", f"{trio.bao.mount}/bot/three", "key", "--commit"]) == 0
    trio.repo.git("merge", "side", check=False)
    capsys.readouterr()
    assert main(command) == 2
    told = capsys.readouterr().err
    assert "a.enc.yaml is in a merge conflict, and may pin anything; resolve it, `git add a.enc.yaml`" in told
    assert sum(trio.versions().values()) == 5


def test_another_file_in_a_merge_conflict_stops_nothing(trio: Trio) -> None:
    trio.repo.commit({"x": "1"})
    trio.repo.git("switch", "--quiet", "--create", "side")
    trio.repo.commit({"x": "side"})
    trio.repo.git("switch", "--quiet", "main")
    trio.repo.commit({"x": "main"})
    trio.repo.git("merge", "side", check=False)
    assert main(["rotate", "--all", "--yes"]) == 0


@pytest.mark.parametrize("command", [["rotate", "--all", "--yes"], ["reencrypt"]])
def test_one_run_at_a_time_in_a_work_tree(
    trio: Trio, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with alone(str(trio.repo.path / ".git")):
        assert main(command) == 2
        assert main(["rotate", "--all", "--dry-run"]) == 0, "it changes nothing, and need not wait"
    assert "is at work in this work tree; wait until it ends" in capsys.readouterr().err
    assert main(command) == 0
