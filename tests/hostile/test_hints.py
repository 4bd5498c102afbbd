"""Hints are meant to be pasted: each command in them is one, whatever a file is called."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from sealward import shell
from sealward.cli import main
from tests.support.literals import expand
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

NAMES = [
    "$(touch ran)",
    "`touch ran`",
    "; touch ran #",
    "a b",
    "--help",
    "-",
    ":(top)",
    ":!x",
    "[a-z]*",
    "?",
    "it's",
    '"',
    "\\",
    "~",
    "*",
]
COMMAND = re.compile(r"`((?:sops|git|sealward|bao) (?:[^`']|'[^']*')*)`")


@pytest.mark.parametrize("folder", ["", "sub/", "other/"])
def test_each_command_of_a_hint_names_the_file_and_nothing_else(
    repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: str
) -> None:
    """Rule 7, output is encoded for its medium: a shell's words, git's path patterns, sops's configuration."""
    other = new_identity(tmp_path, "other.txt")[0]
    sealed = sealer.seal("x.enc.yaml", "a: b\n", sealer.rules(other)).decode()
    made: dict[str, str | bytes] = {"sub/.sops.yaml": sealer.rules(), "other/sops.yaml": sealer.rules()}
    for name in NAMES:
        if "/" not in name:
            made[f"{folder}{name}.enc.yaml"] = "password: correct-horse\n"
            made[f"{folder}{name}.two.enc.yaml"] = sealed.replace("a: ENC[", "a: plain #ENC[")
            made[f"{folder}{name}.three.enc.yaml"] = sealed
            made[f"{folder}{name}.dec.yaml"] = "password: correct-horse\n"
            made[f"{folder}{name}.four.enc.yaml"] = sealed + "<<<<<<< ours\n"
    repo.write({".sops.yaml": sealer.rules(), **made})
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--no-verify", "--message", "names")
    main(["check", "--all", "--format", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert len({one["rule"] for one in findings}) > 3
    commands = [(one["path"], command) for one in findings for command in COMMAND.findall(one["hint"])]
    assert len(commands) > 4 * len(NAMES)
    for path, command in commands:
        words = shlex.split(command)
        named = [word.removeprefix(":(literal)").removeprefix("./") for word in words]
        assert path in named or (words[1] == "edit" and len(words) == 2), (path, command)
        assert not any(word.startswith("-") and "enc.yaml" in word for word in words), command
        if words[0] == "sops" and "encrypt" in words:
            config = {"": [], "sub/": ["sub/.sops.yaml"], "other/": ["other/sops.yaml"]}[folder]
            assert [word for word in words if "sops.yaml" in word] == config
    assert not (repo.path / "ran").exists()


@pytest.mark.parametrize("name", [f"{name}.txt" for name in NAMES])
def test_git_takes_a_pathspec_for_one_file(repo: Repo, name: str) -> None:
    repo.write({name: "x\n", "a.txt": "a\n", "bystander.txt": "x\n"})
    repo.git("add", "--all")
    told = subprocess.run(
        f"git ls-files -z -- {shell.pathspec(name)}",
        shell=True,
        cwd=repo.path,
        capture_output=True,
        check=True,
    )
    assert told.stdout.decode() == f"{name}\0"


TOKEN = expand("ghp_%b62:36%", 7)


@pytest.mark.parametrize("kind", ["age", "pgp", "hc_vault_transit_uri", "kms", "gcp_kms", "hckms"])
def test_a_token_in_place_of_a_recipient_is_shown_by_no_command(
    repo: Repo, sealer: Sealer, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    """No message shows a secret: neither that of a stanza, nor that of a rule."""
    sealed = sealer.seal("a.enc.yaml", "a: b\n").decode()
    rules = f"creation_rules:\n  - path_regex: enc\n    {kind}: {TOKEN}\n"
    forged = sealed.replace(sealer.recipient, TOKEN)
    if kind != "age":
        field = {"pgp": "fp", "hc_vault_transit_uri": "vault_address", "kms": "arn", "gcp_kms": "resource_id"}
        block = kind.removesuffix("_transit_uri")
        stanza = f"    {block}:\n        - {field.get(kind, 'key_id')}: {TOKEN}\n          enc: x\n"
        forged = sealed.replace("sops:\n", f"sops:\n{stanza}          created_at: '2026-01-01T00:00:00Z'\n")
    repo.commit({".sops.yaml": rules, "a.enc.yaml": forged, "b.enc.yaml": sealed})
    for command in (
        "check --all", "check --all --require-keys", "check --all --format json", "status --offline",
        "reencrypt --dry-run", "reencrypt --dry-run --format json", "reencrypt", "reencrypt --data-key",
        "reencrypt b.enc.yaml --dry-run", "reencrypt b.enc.yaml --dry-run --format json", "reencrypt b.enc.yaml",
    ):  # fmt: skip
        main(command.split())
        out, err = capfd.readouterr()
        assert TOKEN not in out + err, command
