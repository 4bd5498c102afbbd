"""Several rotations in one run: what is due, one commit, failures that leave the rest alone, kills."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.times import seconds_of
from tests.support.rotations import NAMES, POLICY, Trio

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

STEPS = 1 + 5 + 6 + 6 + 1
"""The checkpoints of three rotations, one of which writes one file and two write two, and one more."""

KILLS = Path(__file__).parents[2] / "docs" / "measurements" / "kills.md"


@pytest.fixture
def trio(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    return Trio(repo, sealer, bao)


def just_due(trio: Trio, version: int = 1) -> Callable[[], float]:
    """A clock: that version of every secret has just become due, and any that is written from now on is not."""
    metadata = [trio.bao.client.metadata(trio.bao.mount, f"bot/{name}") for name in NAMES]
    youngest = max(seconds_of(one.versions[version].created) or 0 for one in metadata)
    time.sleep(1.1)  # ages are told by the second
    return lambda: youngest + 7 * 86400


def test_what_is_due(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rotate", "--due", "--yes"]) == 0
    assert capsys.readouterr().out == "nothing is due\n"
    later = time.time() + 8 * 86400
    assert main(["rotate", "--due", "--dry-run"], now=lambda: later) == 0
    assert capsys.readouterr().out.count("would rotate") == 3
    assert trio.versions() == dict.fromkeys(NAMES, 1)
    assert main(["rotate", "--due", "--yes"], now=lambda: later) == 0
    assert trio.pins() == {name: {2} for name in NAMES}
    assert trio.problems() == []


def test_what_waits_in_a_pull_request_is_not_made_twice(
    trio: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scheduled run renewed the secrets on a branch of its own; the next one begins on main again, where
    the old pins stand. It proposes the same versions, until those are due, too."""
    now = just_due(trio)
    trio.repo.git("switch", "--quiet", "--create", "rotate/1")
    assert main(["rotate", "--due", "--yes", "--commit"], now=now) == 0
    trio.repo.git("switch", "--quiet", "main")
    assert trio.pins()["one"] == {1}
    capsys.readouterr()
    assert main(["rotate", "--due", "--yes", "--commit", "--format", "json"], now=now) == 0
    told = json.loads(capsys.readouterr().out)["rotated"]
    assert [(one["from"], one["to"], one["adopted"], one["resumed"]) for one in told] == [
        (1, 2, True, False)
    ] * 3
    assert trio.problems() == []
    assert trio.versions() == dict.fromkeys(NAMES, 2)
    trio.repo.git("reset", "--quiet", "--hard", "HEAD~")
    now = just_due(trio, version=2)
    assert main(["rotate", "--due", "--yes"], now=now) == 0
    assert "version 2 → 3" in capsys.readouterr().out
    assert trio.versions() == dict.fromkeys(NAMES, 3)


def test_a_newer_version_is_verified_before_it_is_pinned(
    trio: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person wrote it: it is pinned instead of a third, if it does; else it is marked, and one is made."""
    code = "import json, sys; sys.exit(json.load(sys.stdin)['values']['key'] == 'bad')"
    policy = POLICY + f"    verify: [{sys.executable}, -c, {json.dumps(code)}]\n"
    trio.repo.commit({"vault/rotation.yaml": policy.format(mount=trio.bao.mount)})
    now = just_due(trio)
    trio.bao.put("bot/one", key="good")
    trio.bao.put("bot/two", key="bad")
    assert main(["rotate", "--due", "--yes"], now=now) == 2
    told = capsys.readouterr()
    assert "version 2 is younger than the pin; no new secret is made" in told.out
    assert "bot/two was not rotated" in told.err
    assert trio.pins() == {"one": {2}, "two": {1}, "three": {2}}
    assert (trio.bao.get("bot/one")["key"], trio.versions()["one"]) == ("good", 2)
    trio.repo.git("commit", "--quiet", "--all", "--message", "pins")
    assert main(["rotate", "--due", "--yes"], now=now) == 0
    assert trio.pins()["two"] == {3}


def test_one_commit_that_says_what_and_why(trio: Trio) -> None:
    (trio.repo.path / "README").write_text("not committed by the rotation")
    trio.repo.git("add", "README")
    assert main(["rotate", "--all", "--yes", "--commit"]) == 0
    assert trio.repo.git("status", "--porcelain") == "A  README\n"
    message = trio.repo.git("log", "-1", "--format=%B")
    assert message.startswith("Rotate 3 secrets\n\n")
    assert f"- {trio.bao.mount}/bot/one (key): version 1 → 2, policy keys" in message
    assert trio.repo.git("show", "--stat", "--format=").count("|") == 2


def test_json(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rotate", "--policy", "keys", "--yes", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["done"], told["failed"]) == (1, True, [])
    assert [(one["from"], one["to"], one["resumed"]) for one in told["rotated"]] == [(1, 2, False)] * 3
    assert told["rotated"][2]["files"] == ["a.enc.yaml", "b.enc.yaml"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--all"], "3 secrets to rotate, and no terminal to ask on; add --yes"),
        ([], "nothing says what to rotate"),
        (["--all", "--due", "--yes"], "nothing says what to rotate"),
        (["--policy", "nothing", "--yes"], "no policy 'nothing'"),
        (["secret/bot"], "no key of secret/bot is named"),
        (["--all", "--generator", "uuid"], "--generator goes with PATH KEY"),
    ],
)
def test_one_line_and_nothing_changed(
    trio: Trio, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rotate", *arguments]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1
    assert trio.versions() == dict.fromkeys(NAMES, 1)
    assert trio.repo.git("status", "--porcelain") == ""


def test_without_a_policy(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    trio.repo.git("rm", "--quiet", "vault/rotation.yaml")
    trio.repo.git("commit", "--quiet", "--message", "gone")
    assert main(["rotate", "--due", "--yes"]) == 2
    assert "names no policy with `every`" in capsys.readouterr().err


@pytest.mark.parametrize("bad", NAMES)
def test_a_failed_verification_leaves_the_old_pin(
    trio: Trio, bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever fails, the others go on, though all stand in one file."""
    code = f"import json, sys; sys.exit(json.load(sys.stdin)['path'].endswith({bad!r}))"
    policy = POLICY + f"    verify: [{sys.executable}, -c, {json.dumps(code)}]\n"
    trio.repo.commit({"vault/rotation.yaml": policy.format(mount=trio.bao.mount)})
    assert main(["rotate", "--all", "--yes"]) == 2
    told = capsys.readouterr()
    assert f"{trio.bao.mount}/bot/{bad} was not rotated" in told.err
    assert trio.pins() == {name: {1 if name == bad else 2} for name in NAMES}
    noted = trio.bao.client.metadata(trio.bao.mount, f"bot/{bad}").custom
    assert [name for name in noted if name != "sealward-rejections"] == [], "nothing was written"
    assert trio.versions()[bad] == 1
    assert main(["rotate", "--resume"]) == 0
    assert trio.pins()[bad] == {1}, "a rejected version is not resumed"


def test_rejected_values_are_not_carried_on(trio: Trio) -> None:
    """A version holds all keys of a secret: one that is renewed next must not bring a rejected one along."""
    code = "import json, sys; sys.exit('key' in json.load(sys.stdin)['keys'])"
    policy = (
        POLICY.replace("    keys: [key]\n", "") + f"    verify: [{sys.executable}, -c, {json.dumps(code)}]\n"
    )
    trio.repo.commit({"vault/rotation.yaml": policy.format(mount=trio.bao.mount)})
    secret = f"{trio.bao.mount}/bot/three"
    assert main(["rotate", secret, "key"]) == 2
    assert main(["rotate", secret, "key"]) == 2
    assert main(["rotate", secret, "other"]) == 0
    assert trio.pins()["three"] == {2}
    held = trio.bao.get("bot/three", 2)
    assert held["key"] == "first value of three"
    assert held["other"] != "kept"


def test_a_policy_that_wants_pins(trio: Trio, sealer: Sealer, capsys: pytest.CaptureFixture[str]) -> None:
    """A reference without a pin gets one; one of another secret, without such a policy, is left alone."""
    where = f"vault:{trio.bao.mount}/data"
    trio.bao.put("free/four", key="first")
    policy = POLICY.replace("/**]", "/bot/*]") + "    pins: true\n"
    text = f"one: {where}/bot/one#key\nfree: {where}/free/four#key\n"
    trio.repo.commit(
        {
            "vault/rotation.yaml": policy.format(mount=trio.bao.mount),
            "c.enc.yaml": sealer.seal("c.enc.yaml", text),
        }
    )
    assert main(["rotate", "--all", "--yes"]) == 0
    assert "c.enc.yaml  one  pin none → 2" in capsys.readouterr().out
    assert trio.pins() == {"one": {2}, "two": {2}, "three": {2}, "four": {0}}
    trio.repo.git("commit", "--quiet", "--all", "--message", "pins")
    assert main(["rotate", f"{trio.bao.mount}/free/four", "key"]) == 0
    assert "free  has no pin: follows the newest version, left as it is" in capsys.readouterr().out


def test_a_server_that_lags_behind_takes_no_pin_back(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """A standby may still tell of a rotation that has ended, and of no version after it."""
    killed = trio.rotate(f"{trio.bao.mount}/bot/one", "key", kill_at=4)
    assert killed.stdout == "killed at written\n"
    text = f"one: vault:{trio.bao.mount}/data/bot/one#key#3\n"
    trio.repo.commit({"a.enc.yaml": trio.sealer.seal("a.enc.yaml", text)})
    assert main(["rotate", "--resume"]) == 2
    assert "a file pins version 3, but Vault knows of 2 versions only" in capsys.readouterr().err
    assert trio.pins()["one"] == {3}


@pytest.mark.parametrize("limit", [0, 10])
def test_a_pinned_version_is_not_pushed_out(
    trio: Trio, limit: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until the new pin is committed and deployed, the old one is what runs."""
    for number in range(2, 11):
        trio.bao.put("bot/one", key=f"by hand {number}")
    if limit:
        trio.bao.client.post(f"{trio.bao.mount}/metadata/bot/one", max_versions=limit)
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key"]) == 2
    assert "keeps 10 versions: a new one pushes out version 1, which is pinned" in capsys.readouterr().err
    assert trio.versions()["one"] == 10
    trio.bao.client.post(f"{trio.bao.mount}/metadata/bot/one", max_versions=20)
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key"]) == 0
    assert trio.bao.get("bot/one", 1)["key"] == "first value of one"


def test_a_token_that_ends_in_the_middle_ends_the_run(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Revoked on the server after the first of three secrets; what was done is done, the rest is told."""
    from sealward.rotation import steps
    from sealward.vault.connection import connect

    token = trio.bao.token(
        f'path "{trio.bao.mount}/*" {{ capabilities = ["read", "patch"] }}\n'
        'path "sys/capabilities-self" { capabilities = ["update"] }'
    )

    def revoke(step: str) -> None:
        if step == "ended":
            trio.bao.client.post("auth/token/revoke", token=token)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAULT_TOKEN", token)
        patch.setattr(steps, "checkpoint", revoke)
        assert connect().metadata(trio.bao.mount, "bot/one").current == 1
        assert main(["rotate", "--all", "--yes"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "token is missing, wrong or expired" in told[0]
    assert "was not started" in told[1]
    assert sum(trio.versions().values()) == 4
    assert main(["rotate", "--resume"]) == 0
    assert trio.problems() == []


@pytest.mark.slow
@pytest.mark.parametrize("step", range(1, STEPS + 1, 2))
def test_killed_at_every_step(trio: Trio, step: int) -> None:
    """What each kill comes to is what docs/measurements/kills.md says; the last one comes too late."""
    row = trio.killed_at(step)
    assert ("| not killed |" in row) == (step == STEPS)
    assert step == STEPS or row in KILLS.read_text(encoding="utf-8").splitlines()
