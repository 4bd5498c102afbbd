"""Old values are revoked where they were issued: not before the new pin is committed, nor within the grace."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.times import seconds_of
from tests.support.rotations import POLICY, Trio

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


class Issuer:
    """Three secrets whose policy retires old values by a command that logs what it was given."""

    def __init__(self, trio: Trio, log: Path) -> None:
        self.trio, self.log = trio, log
        self.follow_policy()

    def follow_policy(self, *settings: str, status: int = 0) -> None:
        """Commit a policy with further settings, whose command ends with a status."""
        code = (
            f"import json, sys; open({str(self.log)!r}, 'a').write(json.load(sys.stdin)['values']['key']"
            f" + chr(10)); sys.exit({status})"
        )
        retire = f"    retire: [{sys.executable}, -c, {json.dumps(code)}]\n"
        more = "".join(f"    {setting}\n" for setting in settings)
        text = (POLICY + retire + more).format(mount=self.trio.bao.mount)
        if text != (self.trio.repo.path / "vault/rotation.yaml").read_text():
            self.trio.repo.commit({"vault/rotation.yaml": text})

    def rotate_one(self, *words: str) -> int:
        return main(["rotate", f"{self.trio.bao.mount}/bot/one", "key", *words])

    @property
    def retired(self) -> list[str]:
        """The values that were revoked, in order."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    @property
    def waiting(self) -> list[str]:
        """The names of the entries of the secret ``one`` on the server."""
        return sorted(self.trio.bao.client.metadata(self.trio.bao.mount, "bot/one").custom)

    def value(self, version: int) -> str:
        return self.trio.bao.get("bot/one", version)["key"]


@pytest.fixture
def issuer(repo: Repo, sealer: Sealer, bao: Bao, tmp_path: Path) -> Issuer:
    return Issuer(Trio(repo, sealer, bao), tmp_path / "retired")


def commit(issuer: Issuer) -> None:
    issuer.trio.repo.git("commit", "--quiet", "--all", "--message", "pins")


def test_at_once_with_the_commit(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    assert issuer.rotate_one("--commit") == 0
    out = capsys.readouterr().out
    assert f"retired version 1 of {issuer.trio.bao.mount}/bot/one" in out
    assert issuer.retired == ["first value of one"]
    assert issuer.waiting == []
    assert issuer.value(1) == "first value of one", "the version itself stays in Vault"
    assert "first value" not in out


def test_not_while_a_manifest_that_is_not_sealed_still_pins_it(
    issuer: Issuer, capsys: pytest.CaptureFixture[str]
) -> None:
    repo, mount = issuer.trio.repo, issuer.trio.bao.mount
    line = f"value: vault:{mount}/data/bot/one#key#1\n"
    repo.commit({"deploy.yaml": f"a: 1\n{line}", "README.md": line})
    assert issuer.rotate_one("--commit") == 0
    out = capsys.readouterr().out
    assert f"deploy.yaml:2 pins version 1 of {mount}/bot/one, and was not re-pinned" in out
    assert "once deploy.yaml:2, which is not sealed, is without that pin" in out
    assert issuer.retired == []
    (repo.path / "deploy.yaml").write_text("a: 1\n")
    assert main(["rotate", "--resume"]) == 0
    assert issuer.retired == [], "the last commit still has it"
    commit(issuer)
    assert main(["rotate", "--resume"]) == 0
    assert issuer.retired == ["first value of one"], "prose may keep its example"


def test_not_before_the_pin_is_committed(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    assert issuer.rotate_one() == 0
    assert "is to be retired once a.enc.yaml is committed without that pin" in capsys.readouterr().out
    assert main(["rotate", "--due", "--yes"]) == 0
    assert (issuer.retired, issuer.waiting) == ([], ["sealward-retire-1"])
    commit(issuer)
    capsys.readouterr()
    assert main(["rotate", "--due", "--yes", "--dry-run"]) == 0
    told = f"would retire version 1 of {issuer.trio.bao.mount}/bot/one\nnothing was changed (--dry-run)\n"
    assert capsys.readouterr().out == told
    assert issuer.retired == []
    assert main(["rotate", "--due", "--yes"]) == 0
    assert capsys.readouterr().out == f"retired version 1 of {issuer.trio.bao.mount}/bot/one\n"
    assert (issuer.retired, issuer.waiting) == (["first value of one"], [])
    assert main(["rotate", "--due", "--yes"]) == 0
    assert capsys.readouterr().out == "nothing is due\n"


def test_not_within_the_grace(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    issuer.follow_policy("grace: 1d")
    assert issuer.rotate_one("--commit") == 0
    assert "is to be retired from 20" in capsys.readouterr().out
    assert main(["rotate", "--resume"]) == 0
    assert issuer.retired == []
    tomorrow = time.time() + 86401
    assert main(["rotate", "--resume"], now=lambda: tomorrow) == 0
    assert (issuer.retired, issuer.waiting) == (["first value of one"], [])


def test_not_while_a_pin_was_taken_back(issuer: Issuer) -> None:
    """A rollback (`git revert`) needs the old value again."""
    issuer.follow_policy("grace: 1h")
    assert issuer.rotate_one("--commit") == 0
    issuer.trio.repo.git("revert", "--no-edit", "HEAD")
    later = time.time() + 3601
    assert main(["rotate", "--resume"], now=lambda: later) == 0
    assert (issuer.retired, issuer.waiting) == ([], ["sealward-retire-1"])


def test_a_command_that_fails_is_told_and_tried_again(
    issuer: Issuer, capsys: pytest.CaptureFixture[str]
) -> None:
    issuer.follow_policy(status=3)
    assert issuer.rotate_one("--commit") == 2
    told = capsys.readouterr()
    assert "rotated" in told.out
    assert told.err.count("\n") == 1
    assert f"version 1 of {issuer.trio.bao.mount}/bot/one was not retired: the command" in told.err
    assert issuer.waiting == ["sealward-retire-1"]
    issuer.follow_policy()
    assert main(["rotate", "--due", "--yes", "--format", "json"]) == 0
    told_json = json.loads(capsys.readouterr().out)
    assert told_json["retired"] == [{"secret": f"{issuer.trio.bao.mount}/bot/one", "version": 1}]
    assert issuer.waiting == []


def test_a_value_that_is_gone_from_vault(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody can revoke what nobody knows: a person is asked, until they say that it is done."""
    assert issuer.rotate_one() == 0
    commit(issuer)
    mount = issuer.trio.bao.mount
    issuer.trio.bao.client.post(f"{mount}/delete/bot/one", versions=[1])
    for _ in range(2):
        assert main(["rotate", "--due", "--yes"]) == 2
        told = capsys.readouterr().err
        assert (
            f"version 1 of {mount}/bot/one is deleted; revoke it by hand, then `bao kv metadata patch" in told
        )
    assert issuer.retired == []


def test_a_value_that_is_still_in_use_is_not_revoked(
    issuer: Issuer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person wrote a newer version that changed another key: it is pinned, and ours is as it was."""
    trio = issuer.trio
    created = seconds_of(trio.bao.client.metadata(trio.bao.mount, "bot/one").versions[1].created) or 0
    time.sleep(1.1)  # ages are told by the second
    trio.bao.put("bot/one", other="changed by hand")
    now = created + 7 * 86400
    assert main(["rotate", "--due", "--yes", "--commit"], now=lambda: now) == 0
    assert "version 2 is younger than the pin" in capsys.readouterr().out
    assert trio.pins()["one"] == {2}
    assert issuer.value(2) == issuer.value(1) == "first value of one"
    assert "first value of one" not in issuer.retired
    assert issuer.waiting == []


def test_one_file_alone_tells_too_little(issuer: Issuer) -> None:
    """Another file may pin the old version still."""
    mount = issuer.trio.bao.mount
    assert main(["rotate", f"{mount}/bot/two", "key", "--file", "a.enc.yaml", "--commit"]) == 0
    assert main(["rotate", "--resume"]) == 0
    assert issuer.retired == []


@pytest.mark.slow
def test_what_was_renamed_before_a_kill_is_committed_and_retired(issuer: Issuer) -> None:
    killed = issuer.trio.rotate(f"{issuer.trio.bao.mount}/bot/two", "key", kill_at=5)
    assert killed.stdout == "killed at replaced a.enc.yaml\n"
    resumed = issuer.trio.rotate("--resume", "--commit")
    assert resumed.returncode == 0, resumed.stderr
    assert issuer.trio.repo.git("status", "--porcelain") == ""
    assert "version 1 → 2" in issuer.trio.repo.git("log", "-1", "--format=%B")
    assert issuer.retired == ["first value of two"]
