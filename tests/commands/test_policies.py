"""``sealward policies``; and that what it generates is enough, and no more than that."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from tests.support.openbao import database

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

BOT = (
    'path "secret/data/bot/+" { capabilities = ["list"] }\npath "secret/data/*" { capabilities = ["read"] }\n'
)


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bot.hcl").write_text(BOT)
    return "bot.hcl"


def test_explain(bot: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", "explain", bot, "secret/data/bot/kraken"]) == 0
    assert capsys.readouterr().out == (
        "secret/data/bot/kraken: list is granted\n"
        "  governs: `secret/data/bot/+` (bot.hcl:1)\n"
        "  loses:   `secret/data/*` (bot.hcl:2), which grants read: its first wildcard stands earlier\n"
    )
    assert main(["policies", "explain", bot, "secret/bot/kraken"]) == 0
    assert "no rule matches, so nothing is granted; secret is KV version 2" in capsys.readouterr().out
    assert main(["policies", "explain", bot, "secret/data/x", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["winner"]["pattern"], found["winner"]["capabilities"], found["losers"]) == (
        "secret/data/*",
        ["read"],
        [],
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explain", "gone.hcl", "a"], "gone.hcl: no such file"),
        (["explain", "bot.hcl"], "a policy and a path are needed"),
        (["explain", "broken.hcl", "a"], "broken.hcl:1:6: the text that begins here is not closed"),
        (["explain", "big.hcl", "a"], "big.hcl:1:1: larger than 256 KiB"),
        (
            ["explain", "unknown.hcl", "a"],
            "unknown.hcl:1:28: there is no capability `reed`; did you mean `read`?",
        ),
        (["generate", "baker"], "no role is called 'baker'; there are: ci, reader, rotator"),
    ],
)
def test_bad_input_is_one_line(
    bot: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    (tmp_path / "broken.hcl").write_text('path "a {}\n')
    (tmp_path / "big.hcl").write_text('path "a" {}\n' * 100_000)
    (tmp_path / "unknown.hcl").write_text('path "a" { capabilities = ["reed"] }')
    assert main(["policies", *words]) == 2
    err = capsys.readouterr().err
    assert (said in err, err.count("\n")) == (True, 1), err


def test_a_path_of_control_characters_reaches_no_terminal(
    bot: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.hcl").write_text('path "\\n\\u001b[31mx" { capabilities = ["read"] }')
    assert main(["policies", "explain", "odd.hcl", "\n\x1b[31mx"]) == 0
    assert capsys.readouterr().out.replace("\n", "").isprintable()


ROTATION = """\
policies:
  keys: {{paths: [{mount}/bot/*], every: 7d, keys: [key], generator: "hex:16"}}
  logins: {{paths: [{database}/creds/*], max_ttl: 1h}}
"""


@pytest.fixture
def world(repo: Repo, sealer: Sealer, bao: Bao) -> str:
    """A repository with a pinned secret and a login; returns the mount of the database."""
    mount = f"{bao.mount}-db"
    database(bao, mount)
    bao.client.post(
        f"{mount}/roles/bot", db_name="pg", creation_statements="x", default_ttl="30m", max_ttl="1h"
    )
    bao.client.post(f"{bao.mount}/config", max_versions=30)
    for number in range(12):
        bao.put("bot/key", key=f"value {number}")
    bao.put("other", key="value")
    text = f"key: vault:{bao.mount}/data/bot/key#key#2\nuser: vault:{mount}/creds/bot#username\n"
    other = f"other: vault:{bao.mount}/data/other#key#1\n"
    repo.commit(
        {
            ".sops.yaml": sealer.rules(),
            "a.enc.yaml": sealer.seal("a.enc.yaml", text),
            "b.enc.yaml": sealer.seal("b.enc.yaml", other),
            "vault/rotation.yaml": ROTATION.format(mount=bao.mount, database=mount),
        }
    )
    return mount


def generated(capsys: pytest.CaptureFixture[str], role: str) -> str:
    assert main(["policies", "generate", role]) == 0
    return capsys.readouterr().out


def without_each(text: str) -> list[tuple[str, str]]:
    """The policy without each of its capabilities in turn, and what was taken."""
    found = []
    for match in re.finditer(r'path "([^"]+)" \{\n  capabilities *= \[([^]]+)\]', text):
        for name in match[2].split(", "):
            left = ", ".join(one for one in match[2].split(", ") if one != name)
            found.append((f"{match[1]} {name}", text[: match.start(2)] + left + text[match.end(2) :]))
    return found


def outcome(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = main(list(words), now=lambda: 2_000_000_000.0)
    return status, capsys.readouterr().out


def test_ci_can_do_its_work_with_the_generated_policy_and_with_nothing_less(
    world: str, bao: Bao, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(token: str) -> list[tuple[int, str]]:
        monkeypatch.setenv("VAULT_TOKEN", token)
        online = outcome(capsys, "check", "--all", "--online", "--format", "json")
        return [online, outcome(capsys, "status", "--format", "json")]

    policy = generated(capsys, "ci")
    expected = work(bao.token(policy))
    assert expected[0] == work(bao.server.root_token)[0]
    standings = json.loads(expected[1][1])["references"]
    assert [(one["age_from"], one["ttl"]) for one in standings] == [
        ("vault", None),
        (None, 3600),
        ("vault", None),
    ]
    taken = without_each(policy)
    assert len(taken) == 6
    assert [what for what, less in taken if work(bao.token(less)) == expected] == []


def test_the_rotator_can_do_its_work_with_the_generated_policy_and_with_nothing_less(
    world: str, bao: Bao, repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = f'\npath "{bao.mount}/+/other" {{ capabilities = ["read"] }}\n'

    def work(token: str) -> list[object]:
        monkeypatch.setenv("VAULT_TOKEN", token)
        refused = main(["rotate", f"{bao.mount}/other", "key", "--dry-run"])
        asked = "may not write" in capsys.readouterr().err
        shown = re.findall(r'"ttl[^,]*', outcome(capsys, "status", "a.enc.yaml", "--format", "json")[1])
        done = main(["rotate", f"{bao.mount}/bot/key", "key", "--yes"])
        capsys.readouterr()
        repo.git("checkout", "--quiet", "--", ".")
        return [refused, asked, shown, done]

    policy = generated(capsys, "rotator")
    expected = work(bao.token(policy + looks))
    assert expected[0] == 2
    assert expected[1] is True
    assert expected[2] != []
    assert expected[3] == 0
    taken = without_each(policy)
    assert [what for what, less in taken if work(bao.token(less + looks)) == expected] == []


def test_generate_check_says_what_differs(
    world: str, repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write({"vault/bot.hcl": generated(capsys, "reader")})
    assert main(["policies", "generate", "reader", "--check"]) == 0
    assert main(["check", "vault/bot.hcl", "--strict"]) == 0
    capsys.readouterr()
    repo.write({"vault/bot.hcl": generated(capsys, "reader").replace('["read"]', '["read", "list"]', 1)})
    assert outcome(capsys, "policies", "generate", "reader", "--check") == (
        1, f"{world}/creds/bot: read is needed, list, read is granted\n",
    )  # fmt: skip
    assert main(["policies", "generate", "ci", "--check"]) == 2
    assert "0 policies are for the role ci" in capsys.readouterr().err
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    assert main(["policies", "generate", "reader"]) == 2
    assert "no key opens it" in capsys.readouterr().err
