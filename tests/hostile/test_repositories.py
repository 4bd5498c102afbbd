"""Hostile repositories from end to end: the real git, and `sealward` as a program of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sealward import config
from sealward.cli import main
from sealward.detectors.detect_secrets import Baseline
from sealward.errors import SealwardError
from sealward.rotation.policy import policy
from sealward.sops.format import creation_rules
from sealward.terminal import printable
from tests.support.literals import expand
from tests.support.repo import make
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

SEALWARD = str(Path(sys.executable).parent / "sealward")
TOKEN = expand("ghp_%b62:36%", 7)
SECONDS = 20


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """``sealward`` in a folder; it ends within the bound, and never with a traceback or a fault of ours."""
    done = subprocess.run(
        [SEALWARD, *arguments], cwd=folder, env={**os.environ, **variables}, timeout=SECONDS, check=False,
        capture_output=True, text=True, errors="surrogateescape", stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode in {0, 1, 2}, done.stderr
    assert "Traceback" not in done.stderr
    return done


def trap(folder: Path) -> tuple[str, Path]:
    """A program that leaves a mark when it runs: its command and the mark."""
    mark = folder / "ran"
    program = folder / "trap.sh"
    program.write_text(f"#!/bin/sh\ntouch '{mark}'\ncat\n")
    program.chmod(0o755)
    return str(program), mark


@pytest.mark.parametrize("form", [["--staged"], ["--all"], ["--from-ref", "HEAD"], ["cfg.txt"]])
def test_an_embedded_bare_repository_starts_nothing(repo: Repo, tmp_path: Path, form: list[str]) -> None:
    """Rule 1, reading runs nothing: configuration that a checkout brings along is not git's."""
    program, mark = trap(tmp_path)
    inner = repo.path / "sub"
    made = make(tmp_path / "template")
    made.commit({"cfg.txt": "x\n"})
    made.git("clone", "--quiet", "--bare", str(made.path), str(inner))
    with (inner / "config").open("a") as config:
        config.write(f'[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = {program}\n[filter "f"]\n')
        config.write(f'\tclean = {program}\n\tsmudge = {program}\n[diff "d"]\n\ttextconv = {program}\n')
    (inner / "cfg.txt").write_text("x\n")
    (inner / ".gitattributes").write_text("* filter=f diff=d\n")
    repo.commit({"README": "x\n"})
    run(inner, "check", *form)
    run(inner, "status", "--offline")
    assert not mark.exists()


@pytest.mark.parametrize("form", [["--staged"], ["--all"], ["--from-ref", "HEAD~1"], ["cfg.txt"], ["."]])
def test_filters_and_conversions_of_the_checkout_are_not_run(
    repo: Repo, tmp_path: Path, form: list[str]
) -> None:
    """Rule 1, reading runs nothing: no clean filter, conversion, external diff, hook or file monitor."""
    program, mark = trap(tmp_path)
    repo.commit({"a": "a\n"})
    repo.commit({".gitattributes": "* filter=f diff=d merge=d\n", "cfg.txt": "x\n"})
    for name in ("filter.f.clean", "filter.f.smudge", "filter.f.process", "diff.d.textconv", "diff.d.command",
                 "diff.external", "core.fsmonitor", "core.pager", "core.sshCommand"):  # fmt: skip
        repo.git("config", name, program)
    (repo.path / "cfg.txt").write_text("y\n")
    (repo.path / ".git/hooks").mkdir(exist_ok=True)
    for hook in ("post-index-change", "fsmonitor-watchman", "reference-transaction", "post-checkout"):
        (repo.path / ".git/hooks" / hook).write_text(Path(program).read_text())
        (repo.path / ".git/hooks" / hook).chmod(0o755)
    mark.unlink(missing_ok=True)
    run(repo.path, "check", *form)
    run(repo.path, "status", "--offline")
    assert not mark.exists()


def committing(repo: Repo) -> str:
    """A hook that checks the files which a commit changes; what the commit says."""
    hook = repo.path / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\nPRE_COMMIT=1 exec '{SEALWARD}' check $(git diff --cached --name-only --no-ext-diff)\n"
    )
    hook.chmod(0o755)
    return repo.git("commit", "--message", "x", check=False)


def test_a_hook_reads_what_is_recorded_behind_skip_worktree(repo: Repo) -> None:
    """Rule 8, what git records is judged: a flag of the index hides nothing."""
    repo.write({"f": f"tok {TOKEN}\n"})
    repo.git("add", "f")
    repo.git("update-index", "--skip-worktree", "f")
    repo.write({"f": "fine\n"})
    assert "[plaintext-secret]" in committing(repo)


@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-16LE-BOM", "UTF-32"])
def test_a_hook_reads_what_is_recorded_in_another_encoding(repo: Repo, encoding: str) -> None:
    """Rule 8, what git records is judged: the encoding of the work tree hides nothing."""
    text = f"token = {TOKEN}\n"
    wanted = "UTF-16" if encoding == "UTF-16LE-BOM" else encoding
    repo.write({
        ".gitattributes": f"cfg.txt working-tree-encoding={encoding}\n", "cfg.txt": text.encode(wanted),
    })  # fmt: skip
    repo.git("add", "--all")
    assert "[plaintext-secret]" in committing(repo)
    repo.git("commit", "--quiet", "--no-verify", "--message", "x")
    for form in (["--all"], ["cfg.txt"]):
        assert run(repo.path, "check", *form).returncode == 1


def test_a_push_is_judged_commit_by_commit(repo: Repo) -> None:
    """Rule 8, what git records is judged: what one commit adds and the next removes is pushed as well."""
    start = repo.commit({"a": "a\n"})
    repo.commit({"q.md": f"tok {TOKEN}\n"})
    end = repo.commit({"q.md": "gone\n"})
    done = run(repo.path, "check", PRE_COMMIT_FROM_REF=start, PRE_COMMIT_TO_REF=end, PRE_COMMIT="1")
    assert done.returncode == 1, done.stdout
    assert "[plaintext-secret]" in done.stdout


DEEP = "a0: &a0 " + "{k: " * 150 + "1" + "}" * 150 + "\n"
DEEP += "".join(
    f"a{n}: &a{n} " + "{k: " * 150 + f"*a{n - 1}" + "}" * 150 + "\n" for n in range(1, 12)
)  # fmt: skip
BIG = 200_000
ODD: dict[str, str | bytes] = {
    "null": "null\n", "number": "5\n", "list": "[1, 2]\n", "text": '"x"\n', "empty": "", "nul": b"\0" * 300,
    "binary": bytes(range(256)), "deep": DEEP, "brackets": "[" * BIG, "braces": "{" * BIG,
    "quotes": '"' * BIG, "dashes": "- " * (BIG // 2), "colons": "a: " * (BIG // 3), "hashes": "#" * BIG,
    "anchors": "a: &a\n" * (BIG // 6), "alias": "a: *a\n", "cycle": "a: &a [*a]\n", "merge": "<<: *x\n",
    "tags": "!!python/object/apply:os.system ['touch ran']\n", "key": "? [a]\n: b\n", "tabs": "\t" * BIG,
    "controls": "a: \x1b[2J\u202e\n", "lone": '{"\\ud800": 1}', "duplicates": "a: 1\na: 2\n",
    "documents": "---\n" * (BIG // 4), "long": "a: " + "x" * BIG + "\n", "digits": "9" * BIG, "utf16": "a: b\n".encode("utf-16"),
    "rules": "creation_rules: 5\n", "rule": "creation_rules: [5]\n", "regex": "creation_rules: [{path_regex: '('}]\n",
    "fields": "exempt: 5\nsealed: {a: b}\nrotate: []\npolicies: 5\nsecrets: [1]\nplaceholders: 5\nvaults: 5\n",
    "patterns": f"sealed: ['{'[' * 50}', '{'**/' * 25}zz', '{'*a' * 30}']\n",
    "baseline": '{"results": 5, "plugins_used": {}, "filters_used": 5, "version": []}',
    "results": '{"version":"1.5.0","plugins_used":[],"filters_used":[],"results":{"a":[5, null, {"line_number":"x"}]}}',
}  # fmt: skip


READERS: dict[str, Callable[[bytes], object]] = {
    ".sealward.yaml": partial(config.load, ".sealward.yaml"),
    ".sops.yaml": partial(creation_rules.load, ".sops.yaml"),
    ".secrets.baseline": Baseline,
    "vault/rotation.yaml": partial(policy.load, "vault/rotation.yaml"),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("shape", ODD)
def test_settings_of_any_shape_are_read_or_refused_in_one_line(name: str, shape: str) -> None:
    """Rule 10, odd answers end in one line: settings of every odd shape and size."""
    content, refused = ODD[shape], ""
    try:
        READERS[name](content if isinstance(content, bytes) else content.encode())
    except (SealwardError, creation_rules.BrokenConfiguration) as error:
        refused = printable(str(error))
    assert "\n" not in refused


@pytest.mark.parametrize("name", READERS)
def test_configuration_of_any_shape_ends_in_a_verdict(
    repo: Repo, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Rule 10, odd answers end in one line, from end to end."""
    repo.commit({"a.enc.yaml": "password: correct-horse\n", "x/y/z.txt": "x\n"})
    for shape in ("list", "binary", "deep", "tags", "controls", "fields", "rule", "results"):
        repo.write({name: ODD[shape]})
        repo.git("add", "--all")
        for command in (["check", "--all"], ["status", "--offline"]):
            assert main(command) in {0, 1, 2}, shape
            assert len(capfd.readouterr().err.splitlines()) <= 1, shape
    assert not (repo.path / "ran").exists()


@pytest.mark.parametrize(
    "name", ["a.enc.yaml", "a.enc.json", "a.enc.env", "a.enc.ini", "a.enc", "Secret.yaml"]
)
def test_files_of_any_shape_end_in_a_verdict(repo: Repo, name: str) -> None:
    """Rule 6, time and memory are linear in the input; rule 10, no traceback."""
    files = {f"{shape}/{name}": content for shape, content in ODD.items()}
    repo.commit({**files, "b.enc.yaml": "password: correct-horse\n"})
    done = run(repo.path, "check", "--all")
    assert "b.enc.yaml" in done.stdout, done.stderr


VALUES: list[object] = [
    None,
    5,
    -1,
    10**23,
    "",
    "x",
    [],
    {},
    [None],
    [[]],
    [{}],
    [5],
    {"a": {}},
    True,
    "\x1b[2J\n::error::x",
]


@pytest.mark.parametrize("field", ["", "age", "pgp", "kms", "hc_vault", "azure_kv", "gcp_kms", "key_groups",
                                   "mac", "lastmodified", "version", "encrypted_regex", "shamir_threshold"])  # fmt: skip
def test_metadata_of_any_shape_ends_in_a_verdict(
    repo: Repo, capfd: pytest.CaptureFixture[str], sealer: Sealer, field: str
) -> None:
    """Rule 10, odd shapes end in a finding; rule 7, output is made printable, whatever the metadata says."""
    whole = {"mac": "x", "lastmodified": "2026-01-01T00:00:00Z", "version": "3.11.0", "age": []}
    for number, value in enumerate(VALUES):
        sops = {**whole, field: value} if field else value
        repo.write({f"{number}.enc.json": json.dumps({"a": "b", "sops": sops})})
    repo.commit({".sops.yaml": sealer.rules()})
    repo.git("add", "--all")
    for command in (["check", "--all"], ["check", "--all", "--format", "github"], ["status", "--offline"]):
        assert main(command) in {0, 1, 2}
        out, err = capfd.readouterr()
        assert "\x1b[2J" not in out + err
        assert not any(line.startswith("::error::x") for line in (out + err).splitlines())


@pytest.mark.parametrize("name", [".sealward.yaml", ".sops.yaml", ".secrets.baseline"])
@pytest.mark.parametrize("target", ["other", "/etc/hostname", "/dev/zero", "missing", ".", "loop"])
def test_configuration_behind_a_link_is_never_no_configuration(repo: Repo, name: str, target: str) -> None:
    """Rule 8, what is judged cannot loosen the judge: a link is an error, or is followed within the tree."""
    repo.commit({"other": "x: y\n", "a.txt": "x\n", "secrets/a.yaml": "password: correct-horse\n"})
    (repo.path / name).symlink_to(name if target == "loop" else target)
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--no-verify", "--message", "link")
    done = run(repo.path, "check", "--all")
    assert done.returncode != 0, done.stdout


def test_a_pipe_or_a_device_among_the_files(repo: Repo) -> None:
    """Rule 6, time and memory are linear in the input: nothing is waited for, nothing is read without end."""
    repo.commit({"p.enc.yaml": "a: b\n", "d.txt": "x\n"})
    (repo.path / "p.enc.yaml").unlink()
    os.mkfifo(repo.path / "p.enc.yaml")
    (repo.path / "d.txt").unlink()
    (repo.path / "d.txt").symlink_to("/dev/zero")
    for form in (["p.enc.yaml", "d.txt"], ["--all"], ["."], ["/dev/zero"]):
        run(repo.path, "check", *form)


NAMES = [b"\x1b[2J\x1b]0;x\x07.enc.yaml", b"a\n::error file=x::pwn\n::stop-commands::zz\n.enc.yaml", b"b\xff.enc.yaml",
         "\u202e\u2066.enc.yaml".encode(), b"--help.enc.yaml", b"$(touch ran).enc.yaml", b"`touch ran`.enc.yaml",
         b"-.enc.yaml", b":(top).enc.yaml", b"[a-z]*.enc.yaml", b"%0A::error::x.enc.yaml", b"]]>.enc.yaml"]  # fmt: skip


@pytest.mark.parametrize("form", ["text", "github", "json", "sarif"])
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_names_of_any_bytes_neither_end_the_run_nor_write_to_its_reader(
    repo: Repo, form: str, locale: str
) -> None:
    """Rule 7, output is encoded for its medium: terminals, runners, JSON and shells."""
    for name in NAMES:
        Path(os.fsdecode(os.fsencode(repo.path) + b"/" + name)).write_text("password: correct-horse\n")
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--no-verify", "--message", "names")
    strict = {"LC_ALL": locale, "PYTHONIOENCODING": "utf-8:strict"}
    done = run(repo.path, "check", "--all", "--format", form, **strict)
    assert done.returncode == 1, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert "\u202e" not in done.stdout
    lines = done.stdout.splitlines()
    assert not any(
        line.startswith(("::stop-commands", "::error file=x::pwn", "::error::x")) for line in lines
    )
    if form in {"json", "sarif"}:
        assert json.loads(done.stdout)
    assert not (repo.path / "ran").exists()


def test_nested_repositories_and_submodules_start_nothing(repo: Repo, tmp_path: Path) -> None:
    """Rule 1, reading runs nothing: neither an address of a submodule nor its configuration is used."""
    program, mark = trap(tmp_path)
    inner = make(repo.path / "inner")
    inner.commit({"a.enc.yaml": "password: correct-horse\n"})
    inner.git("config", "core.fsmonitor", program)
    repo.write(
        {".gitmodules": f'[submodule "x"]\n\tpath = inner\n\turl = ext::{program}\n\tupdate = !{program}\n'}
    )
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--no-verify", "--message", "sub")
    for form in (["--all"], ["--staged"], ["."], ["inner"], ["inner/a.enc.yaml"], ["--from-ref", "HEAD"]):
        run(repo.path, "check", *form)
    assert not mark.exists()


PGP = """\
    pgp:
        - fp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4
          enc: x
          created_at: '2026-01-01T00:00:00Z'
"""
PLUGIN = "age1pwn1dpjkcmr0ypmk7unvvssqayl9"


def watched(folder: Path) -> tuple[str, Path]:
    """A `PATH` whose first folder has a trap under each name that a stanza could start, and the mark."""
    program, mark = trap(folder)
    (folder / "bin").mkdir()
    for name in ("age-plugin-pwn", "gpg", "gpg2", "gpg-agent", "ssh", "bao", "vault"):
        (folder / "bin" / name).symlink_to(program)
    return f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", mark


@pytest.mark.parametrize("beside", [True, False], ids=["beside ours", "alone"])
@pytest.mark.parametrize(
    "command",
    [
        "check --all", "status --offline",
        "reencrypt --dry-run", "reencrypt --data-key --dry-run", "reencrypt", "reencrypt --data-key",
    ],
)  # fmt: skip
def test_a_sealed_file_of_a_stranger_starts_no_program(
    repo: Repo, sealer: Sealer, tmp_path: Path, command: str, beside: bool
) -> None:
    """Rule 1, reading runs nothing: a stanza for a plugin or gpg asks no program of theirs."""
    path, mark = watched(tmp_path)
    forged = sealer.seal("a.enc.yaml", "a: b\n").decode().replace("sops:\n", "sops:\n" + PGP)
    if not beside:
        forged = forged.replace(sealer.recipient, PLUGIN)
    repo.commit(
        {
            ".sops.yaml": sealer.rules(PLUGIN),
            "a.enc.yaml": forged,
            "age.enc.yaml": sealer.seal("age.enc.yaml", "a: b\n"),
        }
    )
    keys = {"SOPS_AGE_KEY_FILE": "/nonexistent"} if not beside else {}
    done = run(repo.path, *command.split(), PATH=path, **keys)
    assert not mark.exists()
    if command.startswith("reencrypt") and "--dry-run" not in command:
        reason = "does not have this recipient" if beside else "a.enc.yaml: there is no age identity"
        assert done.returncode == 2
        assert reason in done.stderr
        assert Path(repo.path, "a.enc.yaml").read_text() == forged
    elif command.startswith("reencrypt") and not beside:
        assert done.returncode == 2
        assert "not looked into, as no age identity here opens it: a.enc.yaml, age.enc.yaml;" in done.stderr
        assert "--require-keys" in done.stderr
        assert "all in line" not in done.stdout


def test_a_dry_run_without_keys_claims_nothing(
    repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 1, reading runs nothing: what was not looked into is said, and in every format."""
    repo.commit({".sops.yaml": sealer.rules(), "a.enc.yaml": sealer.seal("a.enc.yaml", "a: b\n")})
    assert main(["reencrypt", "--dry-run"]) == 0
    assert "1 sealed file: all in line" in capsys.readouterr().out
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    monkeypatch.setenv("SOPS_AGE_KEY_CMD", "touch ran")
    assert main(["reencrypt", "--dry-run", "--format", "json"]) == 2
    assert json.loads(capsys.readouterr().out)["closed"] == ["a.enc.yaml"]
    assert not (repo.path / "ran").exists()
    assert main(["reencrypt", "--dry-run", "--require-keys"]) == 2
    assert (repo.path / "ran").exists()


def test_a_dry_run_wraps_for_nobody_who_needs_a_program(
    repo: Repo,
    sealer: Sealer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rule 1, reading runs nothing: gpg of a committed rule is not asked for a copy, and a plain one is made."""
    path, mark = watched(tmp_path)
    rules = sealer.rules() + "    pgp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4\n"
    other = new_identity(tmp_path, "other.txt")[0]
    rules += f"  - path_regex: plain\n    age: {sealer.recipient},{other}\n"
    files = {name: sealer.seal("x.enc.yaml", "a: b\n") for name in ("a.enc.yaml", "plain.yaml")}
    repo.commit({".sops.yaml": rules, **files})
    monkeypatch.setenv("PATH", path)
    assert main(["reencrypt", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "would reencrypt a.enc.yaml" in out
    assert "would reencrypt plain.yaml" in out
    assert "no copy was tried of a.enc.yaml: that starts a plugin or gpg" in out
    assert not mark.exists()


@pytest.mark.parametrize("option", [[], ["--trust-new-recipients"], ["a.enc.yaml"], ["--format", "json"]])
def test_a_run_wraps_for_nobody_who_needs_a_program(
    repo: Repo,
    sealer: Sealer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    option: list[str],
) -> None:
    """Rule 1, reading runs nothing: gpg of a committed rule is named, and no file is changed."""
    path, mark = watched(tmp_path)
    rules = sealer.rules() + "    pgp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4\n"
    files = {name: sealer.seal("x.enc.yaml", "a: b\n") for name in ("a.enc.yaml", "b.enc.yaml")}
    repo.commit({".sops.yaml": rules, **files})
    monkeypatch.setenv("PATH", path)
    assert main(["reencrypt", *option]) == 2
    assert not mark.exists()
    error = capsys.readouterr().err
    assert "a.enc.yaml: wrapping its data key starts a plugin or gpg, or asks a key service" in error
    assert "--require-keys" in error
    assert [Path(repo.path, name).read_bytes() for name in files] == list(files.values())
    main(["reencrypt", *option, "--require-keys"])
    assert mark.exists()
