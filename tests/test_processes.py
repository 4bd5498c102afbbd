"""Which programs each command starts, with what, and whom it asks: against the tables in the documentation."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from sealward.children import KEY_KINDS
from sealward.sops import program
from tests.support.listener import listening
from tests.support.repo import make
from tests.support.sops import Sealer, new_identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.openbao import Bao
    from tests.support.repo import Repo

DOCUMENT = Path(__file__).parent.parent / "docs" / "processes.md"
CANARIES = (
    "GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "VAULT_SECRET_ID", "BAO_ROLE_ID",
    "SEALWARD_VAULT_JWT", "AWS_SECRET_ACCESS_KEY", "AZURE_CLIENT_SECRET", "SLACK_TOKEN", "GIT_TOKEN",
    "DATABASE_URL", "CI_JOB_TOKEN", "SOPS_CONFIG",
)  # fmt: skip
OURS = {"LC_ALL", "GIT_OPTIONAL_LOCKS", "GIT_NO_REPLACE_OBJECTS", "SOPS_DISABLE_VERSION_CHECK"} | {
    name for kind in KEY_KINDS.values() for name in kind.closed
}
"""What is set for a child, not passed on to it."""
SHELL = {"PWD", "OLDPWD", "SHLVL", "_"}
LOGGER = r"""#!/bin/sh
names=$(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p' | tr '\n' ' ')
printf '%s\t%s\t%s\n' "{name}" "$names" "$(echo "$*" | tr '\n' ' ')" >> "{log}"
{then}
"""
ROWS = {"git": "git", "git hook": "git", "key command": "`SOPS_AGE_KEY_CMD`", "sops": "sops", "gpg": "sops"}


class Started(NamedTuple):
    """A program that was started: its name, the names of its variables, its arguments as one line."""

    name: str
    variables: frozenset[str]
    arguments: str


class World:
    """A repository with files for age, PGP and Vault transit; programs and servers note who uses them."""

    def __init__(self, repo: Repo, environment: dict[str, str], log: Path, secret: str, value: str) -> None:
        self.repo, self.environment, self.log = repo, environment, log
        self.secret, self.value = secret, value

    def run(self, command: str) -> list[Started]:
        """Run a command of the table; what it started."""
        self.log.write_text("")
        words = command.split()
        if words[0] == "rotate":
            words[1:1] = [self.secret, "key"]
        if words[0] == "retire":
            words[1:1] = [self.secret]
        if words[0] == "explain":
            words.append("not-sealed")
        done = subprocess.run(
            [sys.executable, "-m", "sealward", *words], cwd=self.repo.path, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        unseen = done.returncode == 2 and "not looked into" in done.stderr
        assert unseen == ("--dry-run" in words and "--require-keys" not in words), done.stderr
        closed = words == ["reencrypt"] and "--require-keys" in done.stderr
        assert unseen or closed or done.returncode in (0, 1), done.stderr
        assert self.value not in self.log.read_text()
        rows = (line.split("\t") for line in self.log.read_text().splitlines())
        return [Started(name, frozenset(names.split()), words) for name, names, words in rows]


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, or under a header cell, of the document."""
    lines = DOCUMENT.read_text(encoding="utf-8").split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    rows = []
    for line in lines[at + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def cells(text: str) -> set[str]:
    return {item.strip() for item in text.split(",") if item.strip()}


def allowed(row: str) -> re.Pattern[str]:
    """The names of a row's variables, and of the row for all, as one pattern."""
    texts = [seen for child, seen in table("child") if child == "all" or child.startswith(row)]
    if row == "sops":
        texts += [seen for _, seen, _ in table("key kind in the file")]
    names = re.findall(r"`([A-Z_]+\*?)`", " ".join(texts))
    return re.compile("|".join(name.replace("*", "[A-Za-z0-9_]*") for name in names))


def tool(folder: Path, log: Path, name: str, then: str, file: str = "") -> Path:
    made = folder / (file or name)
    made.write_text(LOGGER.format(name=name, log=log, then=then))
    made.chmod(0o755)
    return made


@pytest.fixture(scope="module")
def gnupg() -> Iterator[tuple[str, str]]:
    """A key of its own: the folder, short because of the agent's socket, and the fingerprint."""
    with tempfile.TemporaryDirectory(prefix="sw-gpg-", dir="/tmp") as folder:
        environment = {**os.environ, "GNUPGHOME": folder}
        make_key = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "t@example.org"]
        subprocess.run(make_key, env=environment, check=True, capture_output=True)
        listed = subprocess.run(
            ["gpg", "--list-keys", "--with-colons"],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        yield folder, next(line.split(":")[9] for line in listed.split("\n") if line.startswith("fpr"))
        subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False)


@pytest.mark.skipif(not shutil.which("gpg"), reason="there is no gpg here")
def test_every_command_starts_and_asks_what_the_documentation_says(
    tmp_path: Path, bao: Bao, gnupg: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, fingerprint = gnupg
    token, value = bao.server.root_token, "Value-CANARY-0815"
    bao.client.post(f"sys/mounts/transit-{bao.mount}", type="transit")
    bao.client.post(f"transit-{bao.mount}/keys/k")
    bao.put("bot", key=value)
    with listening(bao.server.address.removeprefix("http://")) as vault:
        world = _world(tmp_path, vault.address, (folder, fingerprint), bao.mount, token, monkeypatch)
        rows = table("command")
        assert len(rows) > 8
        for command, programs, servers in rows:
            vault.asked.clear()
            started = world.run(command.strip("`"))
            assert {one.name for one in started} == cells(programs), command
            where = {"transit" if one.path.startswith("/v1/transit-") else "vault" for one in vault.asked}
            assert where == cells(servers), command
            assert {one.token for one in vault.asked} <= {token}
            for one in started:
                _judge(one, token, value)
            world.repo.git("commit", "--quiet", "--no-verify", "--all", "--message", "next", check=False)


def _judge(one: Started, token: str, value: str) -> None:
    """Nothing but what the documentation allows; no secret in arguments."""
    passed = one.variables - OURS - SHELL
    by_sops = "SOPS_DISABLE_VERSION_CHECK" in one.variables
    pattern = allowed("sops" if by_sops else ROWS[one.name])
    assert {name for name in passed if not pattern.fullmatch(name)} == set(), one
    assert not set(CANARIES) & passed
    assert token not in one.arguments
    assert value not in one.arguments
    if one.name in ("git", "git hook", "key command") and not by_sops:
        assert not {"VAULT_TOKEN", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD"} & passed


def _world(
    tmp_path: Path, address: str, gpg: tuple[str, str], mount: str, token: str, patch: pytest.MonkeyPatch
) -> World:
    recipient, keys = new_identity(tmp_path)
    sealer, repo = Sealer(recipient), make(tmp_path / "repo")
    tools, log = tmp_path / "bin", tmp_path / "log"
    tools.mkdir()
    for name, real in (("git", shutil.which("git")), ("gpg", shutil.which("gpg")), ("sops", program.find())):
        tool(tools, log, name, f'exec {real} "$@"')
    command = tool(tmp_path, log, "key command", f"cat {new_identity(tmp_path, 'other.txt')[1]}", "command")
    environment = {
        "PATH": f"{tools}:/usr/bin:/bin", "HOME": str(tmp_path), "GNUPGHOME": gpg[0], "VAULT_ADDR": address,
        "VAULT_TOKEN": token, "SOPS_AGE_KEY_FILE": str(keys), "SOPS_AGE_KEY_CMD": str(command),
        **dict.fromkeys(CANARIES, "CANARY"),
        **{name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ},
    }  # fmt: skip
    for name, value in environment.items():
        if name not in (*CANARIES, "PATH", "SOPS_AGE_KEY_CMD"):
            patch.setenv(name, value)
    rules = (
        "creation_rules:\n"
        f"  - path_regex: ^pgp\n    pgp: {gpg[1]}\n"
        f"  - path_regex: ^transit\n    hc_vault_transit_uri: {address}/v1/transit-{mount}/keys/k\n"
        f"  - path_regex: enc\n    age: {recipient}\n"
    )
    files = {
        name: sealer.seal(name, f"key: vault:{mount}/data/bot#key#1\n", rules)
        for name in ("pgp.enc.yaml", "transit.enc.yaml", "age.enc.yaml")
    }
    repo.commit({".sops.yaml": rules, **files})
    tool(repo.path / ".git" / "hooks", log, "git hook", "exit 0", "pre-commit")
    return World(repo, environment, log, f"{mount}/bot", "Value-CANARY-0815")
