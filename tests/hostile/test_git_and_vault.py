"""What a repository names is never more to git, its hooks or Vault than a name."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from sealward.cli import main
from sealward.git import Repository
from tests.hostile.test_faults import TOKEN, Server, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.mark.parametrize("name", ["--output=ran", "--all", "-h", "--upload-pack=touch"])
@pytest.mark.parametrize("end", ["from", "to", "both"])
@pytest.mark.parametrize("branch", [True, False], ids=["a branch of that name", "none"])
def test_a_revision_is_not_an_option_of_gits(
    repo: Repo, capsys: pytest.CaptureFixture[str], name: str, end: str, branch: bool
) -> None:
    """Rule 1, reading runs nothing, and writes nothing: what a hook is given may be named by a stranger."""
    start = repo.commit({"a.txt": "x\n"})
    repo.commit({"b.enc.yaml": "password: correct-horse\n"})
    if branch:
        (repo.path / ".git/refs/heads" / name).write_text(f"{start if end == 'from' else 'HEAD'}\n")
        if end != "from":
            (repo.path / ".git/refs/heads" / name).write_text(repo.git("rev-parse", "HEAD"))
    words = {"from": [f"--from-ref={name}"], "to": [f"--from-ref={start}", f"--to-ref={name}"]}
    both = [f"--from-ref={name}", f"--to-ref={name}"]
    assert main(["check", *words.get(end, both)]) in ({0, 1} if branch else {2})
    told = capsys.readouterr()
    assert ("not-sealed" in told.out) == (branch and end != "both")
    assert not (repo.path / "ran").exists()


NAMES = [":(glob)**", ":(top)a.enc.yaml", "[a-z]*.enc.yaml", ":!a.enc.yaml", "?.enc.yaml", "--amend", "*"]


@pytest.mark.parametrize("name", NAMES)
def test_a_commit_of_new_pins_takes_these_files_and_no_others(repo: Repo, name: str) -> None:
    """Rule 5: a file's name is no pattern for git."""
    files: dict[str, str | bytes] = dict.fromkeys(["a.enc.yaml", "b.txt", *NAMES], "one\n")
    repo.write(files)
    for one in files:
        repo.git("add", f":(literal){one}")
    repo.git("commit", "--quiet", "--no-verify", "--message", "x")
    repo.write(dict.fromkeys(files, "two\n"))
    with Repository.around() as repository:
        repository.commit([name], "new pins")
    assert repo.git("show", "--name-only", "--format=", "-z", "HEAD").split("\0") == [name, ""]


def test_hooks_of_a_commit_see_what_the_documentation_says(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 4, children get an environment made for them: the hooks of a commit, too."""
    withheld = ("VAULT_TOKEN", "BAO_TOKEN", "SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SEALWARD_VAULT_JWT", "GIT_TOKEN", "PRE_COMMIT_API_KEY", "ANYTHING")  # fmt: skip
    passed = ("SKIP", "PRE_COMMIT_COLOR", "VIRTUAL_ENV", "SSH_AUTH_SOCK", "GIT_AUTHOR_NAME")
    for name in (*withheld, *passed):
        monkeypatch.setenv(name, "CANARY")
    note = tmp_path / "note"
    repo.commit({"a.enc.yaml": "one\n"})
    for hook in ("pre-commit", "commit-msg", "post-commit"):
        (repo.path / ".git/hooks").mkdir(exist_ok=True)
        (repo.path / ".git/hooks" / hook).write_text(f"#!/bin/sh\nenv >> '{note}'\n")
        (repo.path / ".git/hooks" / hook).chmod(0o755)
    repo.write({"a.enc.yaml": "two\n"})
    with Repository.around() as repository:
        repository.commit(["a.enc.yaml"], "new pins")
    seen = {line.partition("=")[0] for line in note.read_text().splitlines() if line.endswith("=CANARY")}
    assert seen == set(passed)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def vault() -> Iterator[Server]:
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


def test_a_reference_draws_no_credential_and_leads_nowhere_else(world: World, vault: Server) -> None:
    """Rule 3, credentials go only where the operator pointed: nor does a path of a reference use them."""
    paths = ["sys/seal", "sys/raw/core", "cubbyhole/token", "secret/data/../../sys/seal", "secret/data/%2e%2e/x", "secret/data/..;/x",
             "database/creds/app", "aws/sts/admin", "auth/token/create", "identity/oidc/token/x", "pki/issue/x", "secret/data/bot", "database/creds/%2e%2e/creds/app", "secret/data/%2e%2e/%2e%2e/database/creds/app"]  # fmt: skip
    lines = "".join(f"k{number}: vault:{path}#k\n" for number, path in enumerate(paths))
    world.commit({"s.enc.yaml": world.seal(lines)})
    world.run("check --all --online", VAULT_ADDR=vault.address, VAULT_TOKEN="hvs.T")
    world.run("status", VAULT_ADDR=vault.address, VAULT_TOKEN="hvs.T")
    asked = {unquote(path.partition("?")[0]).removeprefix("/v1/") for path, _ in vault.asked}
    assert "secret/metadata/bot" in asked
    assert not [path for path in asked if {".", ".."} & set(path.split("/"))]
    drawing = (
        "database/creds",
        "aws/sts",
        "auth/token",
        "identity/oidc",
        "pki/issue",
        "cubbyhole",
        "sys/seal",
        "sys/raw",
    )
    assert not [path for path in asked if path.startswith(drawing)]


def test_a_sealed_file_names_no_option_of_sops_or_git(
    repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rule 5: a file's name is never an option of the program that works on it."""
    names = ["--config=x.enc.yaml", "-i.enc.yaml", "--output=ran.enc.yaml", "--help.enc.yaml"]
    sealed = sealer.seal("x.enc.yaml", "a: b\n")
    repo.write({".sops.yaml": sealer.rules() + "    encrypted_regex: ^a$\n", **dict.fromkeys(names, sealed)})
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--no-verify", "--message", "x")
    assert main(["reencrypt"]) == 0, capsys.readouterr().err
    assert "4 files replaced" in capsys.readouterr().out
    assert sorted(os.listdir(repo.path)) == sorted([".git", ".sops.yaml", *names])


def test_what_git_shows_in_place_of_an_object_is_not_what_is_pushed(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rule 8, what is judged cannot loosen the judge: a replacement hides no commit's content."""
    start = repo.commit({"README": "x\n", "fine": "x\n"})
    repo.commit({"a.txt": f"t {TOKEN}\n"})
    repo.git(
        "replace", repo.git("rev-parse", "HEAD:a.txt").strip(), repo.git("rev-parse", "HEAD:fine").strip()
    )
    for command in (["check", "--from-ref", start], ["check", "--staged"]):
        if "--staged" in command:
            repo.git("reset", "--quiet", "--soft", start)
        assert main(command) == 1
        assert "[plaintext-secret]" in capsys.readouterr().out


def test_a_token_that_nests_without_end_is_one_line(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    """Rule 6, time and memory are linear in the input: also of what stands encoded in it."""
    nested = urlsafe_b64encode(b'{"a":' + b"[" * 100_000).decode().rstrip("=")
    repo.commit(
        {"a.txt": f"eyJhbGciOiJub25lIn0.{nested}.{'x1' * 20}\n", "b.enc.yaml": "password: correct-horse\n"}
    )
    assert main(["check", "--all"]) == 1
    assert "b.enc.yaml" in capsys.readouterr().out


@pytest.mark.parametrize(
    "body",
    ["[" * 100_000, '{"data":{"versions":{"1":null},"current_version":1,"max_versions":1e400}}',
     '{"data":{"versions":{"x":5},"custom_metadata":{"a":5},"current_version":1}}', '{"errors":["\\u001b[2J\\n::error::x"]}'],
)  # fmt: skip
def test_answers_that_nest_or_overflow_end_in_one_line(world: World, vault: Server, body: str) -> None:
    """Rule 10, odd answers end in one line and status 2."""
    vault.body = body.encode()
    world.commit({"s.enc.yaml": world.seal("k: vault:secret/data/bot#k#1\n")})
    for command in ("status", "check --all --online"):
        done = world.run(command, VAULT_ADDR=vault.address, VAULT_TOKEN="hvs.T")
        assert done.status in {0, 1, 2}
        assert done.err.count("\n") <= 1
        assert "\x1b" not in done.out + done.err


def test_names_and_keys_that_are_not_text_meet_the_repositorys_patterns(
    repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rule 7: a name of any bytes is matched by rules, selectors, settings and a baseline, and ends no run."""
    baseline = {"version": "1.5.0", "plugins_used": [], "results": {}, "filters_used": [
        {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["none$"]},
    ]}  # fmt: skip
    sealed = sealer.seal("k.enc.json", '{"a": "b"}').decode()
    repo.write({
        ".sops.yaml": sealer.rules(), ".sealward.yaml": "sealed: ['*.sec']\n", ".secrets.baseline": json.dumps(baseline),
        "k.enc.json": sealed.replace("{", '{"\\ud800k": "x",', 1).replace('"unencrypted_suffix": "_unencrypted"', '"encrypted_regex": "^a$"'),
        "b\udcff.enc.yaml": "password: correct-horse\n", "c\udcff.sec": "x\n",
    })  # fmt: skip
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--no-verify", "--message", "x")
    for words in (["--all"], ["--staged"], ["."]):
        assert main(["check", *words]) in ({0} if words == ["--staged"] else {1}), capsys.readouterr().err
    assert main(["status", "--offline"]) in {0, 2}
