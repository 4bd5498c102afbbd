"""What is read: the index and not the work tree, every version in a range, through real git."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from sealward.cli import main
from tests.support.examples import expand
from tests.support.repo import Repo, make

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sops import Sealer

PLAIN = "password: correct-horse\n"
SEALED = expand("password: ENC[one]\nsops: …\n")
LFS = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d7a' * 16}\nsize 12\n"


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: str) -> tuple[int, list[tuple[str, str]]]:
        status = main(["check", *arguments, "--format", "json"])
        report = json.loads(capsys.readouterr().out)
        return status, [(finding["path"], finding["rule"]) for finding in report["findings"]]

    return run


def test_paths(repo: Repo, check: Any) -> None:
    repo.commit({"a.enc.yaml": PLAIN, "sub/b.enc.yaml": SEALED, "c.yaml": PLAIN})
    assert check("a.enc.yaml", "sub/b.enc.yaml", "c.yaml") == (1, [("a.enc.yaml", "not-sealed")])
    assert check("sub/b.enc.yaml") == (0, [])


def test_staged_reads_the_index_and_not_the_work_tree(repo: Repo, check: Any) -> None:
    repo.commit({"a.enc.yaml": SEALED, "b.enc.yaml": SEALED})
    repo.write({"a.enc.yaml": PLAIN})
    repo.git("add", "a.enc.yaml")
    repo.write({"a.enc.yaml": SEALED, "b.enc.yaml": PLAIN})
    assert check("--staged") == (1, [("a.enc.yaml", "not-sealed")])
    assert check("a.enc.yaml") == (0, [])
    assert check("--all") == (1, [("b.enc.yaml", "not-sealed")])


def test_staged_reads_the_configuration_from_the_index_too(repo: Repo, check: Any) -> None:
    repo.commit({"README": "x"})
    repo.write({".sealward.yaml": "sealed: ['*.conf.yaml']\n", "x.conf.yaml": PLAIN})
    repo.git("add", "x.conf.yaml")
    assert check("--staged") == (0, [])
    repo.git("add", ".sealward.yaml")
    assert check("--staged") == (1, [("x.conf.yaml", "not-sealed")])


def test_a_repository_without_commits(repo: Repo, check: Any) -> None:
    repo.write({"a.enc.yaml": PLAIN})
    assert check("--staged") == (0, [])
    repo.git("add", "a.enc.yaml")
    assert check("--staged") == (1, [("a.enc.yaml", "not-sealed")])
    assert check("--all") == (1, [("a.enc.yaml", "not-sealed")])
    assert check("a.enc.yaml") == (1, [("a.enc.yaml", "not-sealed")])


def test_a_range_finds_what_was_added_and_removed_again(repo: Repo, check: Any, capsys: Any) -> None:
    start = repo.commit({"README": "x"})
    bad = repo.commit({"a.enc.yaml": PLAIN})
    repo.git("rm", "--quiet", "a.enc.yaml")
    repo.git("commit", "--quiet", "--message", "gone")
    assert check("--all") == (0, [])
    assert check("--from-ref", start, "--to-ref", "HEAD") == (1, [("a.enc.yaml", "not-sealed")])
    assert check("--from-ref", bad) == (0, [])
    main(["check", "--from-ref", start])
    assert f"(in commit {bad[:10]})" in capsys.readouterr().out


def test_a_range_compares_each_version_with_its_parent(repo: Repo, check: Any) -> None:
    start = repo.commit({"a.enc.yaml": SEALED})
    repo.commit({"a.enc.yaml": expand("password: ENC[two]\nsops: …\n")})
    repo.commit({"a.enc.yaml": SEALED})
    found = check("--from-ref", start)
    assert found == (1, [("a.enc.yaml", "stale-mac")] * 2)


def test_against_head(repo: Repo, check: Any) -> None:
    repo.commit({"a.enc.yaml": SEALED, "plain.yaml": SEALED})
    repo.write({"a.enc.yaml": expand("password: ENC[two]\nsops: …\n"), "plain.yaml": PLAIN})
    expected = (1, [("a.enc.yaml", "stale-mac"), ("plain.yaml", "not-sealed")])
    assert check("a.enc.yaml", "plain.yaml") == expected
    assert check("--all") == expected
    repo.git("add", "--all")
    assert check("--staged") == expected


def test_a_merge_is_compared_with_every_parent(repo: Repo, check: Any) -> None:
    repo.commit({"README": "x"})
    repo.git("checkout", "--quiet", "-b", "topic")
    theirs = expand("a: ENC[one]\nb: ENC[two]\nsops: … later\n")
    repo.commit({"s.enc.yaml": theirs})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"s.enc.yaml": expand("a: ENC[three]\nb: ENC[four]\nsops: …\n")})
    assert "CONFLICT" in repo.git("merge", "topic", check=False)
    repo.write({"s.enc.yaml": expand("a: ENC[three]\nb: ENC[two]\nsops: … later\n")})
    assert check("s.enc.yaml") == (1, [("s.enc.yaml", "stale-mac")])
    repo.write({"s.enc.yaml": theirs})
    assert check("s.enc.yaml") == (0, [])


def test_what_is_passed_over(repo: Repo, check: Any, tmp_path: Path) -> None:
    inner = make(tmp_path / "inner")
    inner.commit({"plain.enc.yaml": PLAIN})
    repo.commit({"lfs.yaml": LFS, "gone.enc.yaml": SEALED, "target.txt": PLAIN})
    (repo.path / "link.enc.yaml").symlink_to("target.txt")
    (repo.path / "dangling.enc.yaml").symlink_to("nowhere")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(inner.path), "inner")
    repo.git("add", "--all")
    assert check("--staged") == (0, [])
    repo.git("commit", "--quiet", "--message", "links")
    (repo.path / "gone.enc.yaml").unlink()
    assert check("--all") == (0, [])
    assert check("link.enc.yaml", "inner", "lfs.yaml") == (0, [])
    repo.write({"lfs.enc.yaml": LFS, "more.enc.yaml": LFS + "password: correct-horse\n"})
    assert check("lfs.enc.yaml") == (1, [("lfs.enc.yaml", "not-sealed")])
    assert ("more.enc.yaml", "not-sealed") in check("more.enc.yaml")[1]


def test_a_renamed_file_is_read_under_its_new_name(repo: Repo, check: Any) -> None:
    repo.commit({"plain.yaml": PLAIN})
    repo.git("mv", "plain.yaml", "renamed.enc.yaml")
    assert check("--staged") == (1, [("renamed.enc.yaml", "not-sealed")])


def test_crlf_filters(repo: Repo, check: Any) -> None:
    repo.commit({".gitattributes": "*.yaml text eol=crlf\n", "a.enc.yaml": SEALED})
    (repo.path / "a.enc.yaml").unlink()
    repo.git("checkout", "--", "a.enc.yaml")
    assert b"\r\n" in (repo.path / "a.enc.yaml").read_bytes()
    assert check("--all") == (0, [])
    assert check("a.enc.yaml") == (0, [])


def test_from_a_sub_folder(repo: Repo, check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({"a.enc.yaml": PLAIN, "sub/b.enc.yaml": PLAIN})
    monkeypatch.chdir(repo.path / "sub")
    assert check("b.enc.yaml") == (1, [("sub/b.enc.yaml", "not-sealed")])
    assert check("--all") == (1, [("a.enc.yaml", "not-sealed"), ("sub/b.enc.yaml", "not-sealed")])


def test_a_worktree_inside_a_hook(
    repo: Repo, check: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git runs hooks of a worktree with GIT_DIR and GIT_INDEX_FILE set: they name what is committed."""
    repo.commit({"a.enc.yaml": SEALED})
    tree = tmp_path / "tree"
    repo.git("worktree", "add", "--quiet", str(tree))
    side = Repo(tree)
    side.write({"a.enc.yaml": PLAIN})
    side.git("add", "--all")
    monkeypatch.chdir(tree)
    monkeypatch.setenv("GIT_DIR", side.git("rev-parse", "--absolute-git-dir").strip())
    monkeypatch.setenv("GIT_INDEX_FILE", side.git("rev-parse", "--git-path", "index").strip())
    assert check("--staged") == (1, [("a.enc.yaml", "not-sealed")])


def test_names_that_are_no_utf8(repo: Repo, check: Any) -> None:
    name = os.fsdecode(b"caf\xe9.enc.yaml")
    (repo.path / name).write_text(PLAIN)
    repo.git("add", "--all")
    done = subprocess.run(
        [sys.executable, "-m", "sealward", "check", "--staged"],
        cwd=repo.path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert b"not-sealed" in done.stdout
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing to check"),
        (["gone.yaml"], "gone.yaml: no such file"),
        (["--all", "--staged"], "choose one"),
        (["--to-ref", "HEAD"], "--to-ref without --from-ref"),
        (["--from-ref", "nowhere"], "'nowhere' names no commit here"),
        (["--all", "--config", "gone.yaml"], "gone.yaml: No such file"),
    ],
)
def test_one_line_and_a_way_out(
    arguments: list[str], words: str, repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"README": "x"})
    assert main(["check", *arguments]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_outside_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: Any, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "a.enc.yaml").write_text(PLAIN)
    assert check("a.enc.yaml") == (1, [("a.enc.yaml", "not-sealed")])
    assert main(["check", "--all"]) == 2
    assert "not inside a git repository" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sealed: [a\n", ".sealward.yaml:2 is not valid YAML"),
        ("sealed: a\n", "`sealed` must be a list"),
        ("seeled: [a]\n", "no setting is called 'seeled'"),
        ("exempt: [{path: a}]\n", "needs a `reason`"),
        ("exempt: [{reason: a}]\n", "needs a `path`"),
        ("- a\n", "must be a mapping"),
    ],
)
def test_a_broken_configuration(
    text: str, words: str, repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({".sealward.yaml": text, "a.yaml": "a: b\n"})
    assert main(["check", "--all"]) == 2
    assert words in capsys.readouterr().err


def test_a_push_that_takes_a_branch_away_brings_nothing(
    repo: Repo, check: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start = repo.commit({"README": "x"})
    assert main(["check", "--from-ref", start, "--to-ref", "0" * 40]) == 0
    monkeypatch.setenv("PRE_COMMIT", "1")
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", start)
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "0" * 40)
    assert main(["check", "README"]) == 0


def test_a_file_that_is_sealed_only_later_is_in_the_history_in_clear(
    repo: Repo, check: Any, sealer: Sealer
) -> None:
    start = repo.commit({"README": "x"})
    text = "a: correct-horse\nb: another-value\n"
    repo.commit({"settings.yaml": text})
    repo.commit({"settings.yaml": sealer.seal("x.enc.yaml", text)})
    assert check("--from-ref", start) == (1, [("settings.yaml", "not-sealed")])
