"""Old values are revoked where they were issued: not before the new pin is committed, nor within the grace."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.times import seconds_of
from tests.support.rotations import POLICY, Trio, under_way

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

    def follow_policy(self, *settings: str, status: int = 0, grace: str = "grace: 1m") -> None:
        """Commit a policy with further settings, whose command ends with a status."""
        code = (
            f"import json, sys; open({str(self.log)!r}, 'a').write(json.load(sys.stdin)['values']['key']"
            f" + chr(10)); sys.exit({status})"
        )
        retire = f"    retire: [{sys.executable}, -c, {json.dumps(code)}]\n"
        more = "".join(f"    {setting}\n" for setting in (grace, *settings))
        text = (POLICY + retire + more).format(mount=self.trio.bao.mount)
        if text != (self.trio.repo.path / "vault/rotation.yaml").read_text():
            self.trio.repo.commit({"vault/rotation.yaml": text})

    def rotate_one(self, *words: str) -> int:
        return main(["rotate", f"{self.trio.bao.mount}/bot/one", "key", *words])

    def later(self, *words: str, seconds: float = 61.0) -> int:
        """A run of `rotate` when the grace is over."""
        return main(["rotate", *(words or ("--resume",))], now=lambda: time.time() + seconds)

    @property
    def retired(self) -> list[str]:
        """The values that were revoked, in order."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    @property
    def waiting(self) -> list[str]:
        """The names of the entries of the secret ``one`` on the server."""
        return sorted(under_way(self.trio.bao.client.metadata(self.trio.bao.mount, "bot/one").custom))

    def value(self, version: int) -> str:
        return self.trio.bao.get("bot/one", version)["key"]


@pytest.fixture
def issuer(repo: Repo, sealer: Sealer, bao: Bao, tmp_path: Path) -> Issuer:
    return Issuer(Trio(repo, sealer, bao), tmp_path / "retired")


def commit(issuer: Issuer) -> None:
    issuer.trio.repo.git("commit", "--quiet", "--all", "--message", "pins")


def test_with_the_commit_the_grace_starts(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a remote, what is committed counts as deployed."""
    assert issuer.rotate_one("--commit") == 0
    assert "is to be retired from 20" in capsys.readouterr().out
    assert main(["rotate", "--resume"]) == 0
    assert (issuer.retired, issuer.waiting) == ([], ["sealward-retire-1"])
    capsys.readouterr()
    assert issuer.later("--due", "--yes", "--dry-run") == 0
    planned = f"would retire version 1 of {issuer.trio.bao.mount}/bot/one\nnothing was changed (--dry-run)\n"
    assert capsys.readouterr().out == planned
    assert issuer.retired == []
    assert issuer.later("--due", "--yes") == 0
    out = capsys.readouterr().out
    assert out == f"retired version 1 of {issuer.trio.bao.mount}/bot/one\n"
    assert issuer.retired == ["first value of one"]
    assert issuer.waiting == ["sealward-retired-1"], "Vault keeps that it was revoked"
    assert issuer.value(1) == "first value of one", "the version itself stays in Vault"
    assert issuer.later("--due", "--yes") == 0
    assert capsys.readouterr().out == "nothing is due\n"
    assert issuer.retired == ["first value of one"]


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
    (repo.path / "deploy.yaml").write_text("a: 1\n")
    assert issuer.later() == 0
    assert issuer.retired == [], "the last commit still has it"
    commit(issuer)
    assert main(["rotate", "--resume"]) == 0
    assert issuer.later() == 0
    assert issuer.retired == ["first value of one"], "prose may keep its example"


def test_not_before_the_pin_is_committed(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    assert issuer.rotate_one() == 0
    assert "is to be retired once a.enc.yaml is committed without that pin" in capsys.readouterr().out
    assert issuer.later("--due", "--yes") == 0
    assert (issuer.retired, issuer.waiting) == ([], ["sealward-retire-1"])
    commit(issuer)
    assert main(["rotate", "--due", "--yes"]) == 0
    assert issuer.retired == [], "the grace starts with the commit"
    assert issuer.later("--due", "--yes") == 0
    assert issuer.retired == ["first value of one"]


def test_not_while_a_pin_was_taken_back(issuer: Issuer) -> None:
    """A rollback (`git revert`) needs the old value again; when it is gone, the grace starts again."""
    assert issuer.rotate_one("--commit") == 0
    issuer.trio.repo.git("revert", "--no-edit", "HEAD")
    assert issuer.later() == 0
    assert (issuer.retired, issuer.waiting) == ([], ["sealward-retire-1"])
    issuer.trio.repo.git("revert", "--no-edit", "HEAD")
    assert main(["rotate", "--resume"]) == 0
    assert issuer.retired == []
    assert issuer.later() == 0
    assert issuer.retired == ["first value of one"]


def test_a_command_that_fails_is_told_and_tried_again(
    issuer: Issuer, capsys: pytest.CaptureFixture[str]
) -> None:
    issuer.follow_policy(status=3)
    assert issuer.rotate_one("--commit") == 0
    assert issuer.later() == 2
    told = capsys.readouterr()
    assert "retired version" not in told.out
    assert told.err.count("\n") == 1
    assert f"version 1 of {issuer.trio.bao.mount}/bot/one was not retired: the command" in told.err
    assert issuer.waiting == ["sealward-retire-1"]
    assert issuer.later("--resume", "--format", "json") == 2
    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["secret"], problem["version"]) == (f"{issuer.trio.bao.mount}/bot/one", 1)
    issuer.follow_policy()
    assert issuer.later("--due", "--yes", "--format", "json") == 0
    told_json = json.loads(capsys.readouterr().out)
    one = {"secret": f"{issuer.trio.bao.mount}/bot/one", "version": 1, "keys": ["key"]}
    assert told_json["retired"] == [one]
    assert issuer.waiting == ["sealward-retired-1"]


def test_a_value_that_is_gone_from_vault(issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody can revoke what nobody knows: a person is asked, until they say that it is done."""
    assert issuer.rotate_one("--commit") == 0
    mount = issuer.trio.bao.mount
    issuer.trio.bao.client.post(f"{mount}/delete/bot/one", versions=[1])
    capsys.readouterr()
    for _ in range(2):
        assert issuer.later("--due", "--yes") == 2
        told = capsys.readouterr().err
        assert f"version 1 of {mount}/bot/one is no longer in Vault; revoke its value by hand" in told
    assert issuer.retired == []


def test_a_version_that_a_sibling_made_does_not_make_a_value_young(issuer: Issuer) -> None:
    """A person wrote a newer version that changed another key: ours is as old as it was, and is renewed."""
    trio = issuer.trio
    created = seconds_of(trio.bao.client.metadata(trio.bao.mount, "bot/one").versions[1].created) or 0
    time.sleep(1.1)  # ages are told by the second
    trio.bao.put("bot/one", other="changed by hand")
    now = created + 7 * 86400
    assert main(["rotate", "--due", "--yes", "--commit"], now=lambda: now) == 0
    assert trio.pins()["one"] == {3}
    assert issuer.value(2) == issuer.value(1) == "first value of one"
    assert issuer.value(3) != "first value of one"
    assert issuer.retired == [], "the grace starts with the commit"
    assert main(["rotate", "--resume"], now=lambda: now + 61) == 0
    assert issuer.retired.count("first value of one") == 1
    assert not any(name.startswith("sealward-retire-") for name in issuer.waiting)


def test_one_file_alone_is_not_all_that_is_deployed(issuer: Issuer) -> None:
    """Another file pins the old version still."""
    mount = issuer.trio.bao.mount
    assert main(["rotate", f"{mount}/bot/two", "key", "--file", "a.enc.yaml", "--commit"]) == 0
    assert issuer.later() == 0
    assert issuer.retired == []


def test_every_key_of_a_secret_with_many_is_retired(issuer: Issuer, tmp_path: Path) -> None:
    """Thirty keys with long names: what does not fit into one note is in further ones."""
    trio = issuer.trio
    keys = [f"exchange_account_api_key_number_{number:02}" for number in range(30)]
    trio.bao.put("bot/many", **{key: f"old {key}" for key in keys})
    where = f"vault:{trio.bao.mount}/data/bot/many"
    text = "".join(f"k{number}: {where}#{key}#1\n" for number, key in enumerate(keys))
    trio.repo.commit({"many.enc.yaml": trio.sealer.seal("many.enc.yaml", text)})
    code = f"import json, sys; open({str(tmp_path / 'keys')!r}, 'w').write(' '.join(json.load(sys.stdin)['values']))"
    policy = trio.repo.path / "vault/rotation.yaml"
    settings = f"    retire: [{sys.executable}, -c, {json.dumps(code)}]\n    grace: 1m\n"
    text = POLICY.format(mount=trio.bao.mount).replace("    keys: [key]\n", "") + settings
    trio.repo.commit({"vault/rotation.yaml": text})
    assert policy.read_text() == text
    assert main(["rotate", f"{trio.bao.mount}/bot/many", *keys, "--commit", "--yes"]) == 0
    assert issuer.later() == 0
    assert (tmp_path / "keys").read_text().split() == keys


@pytest.mark.slow
def test_what_was_renamed_before_a_kill_is_committed_and_retired(issuer: Issuer) -> None:
    killed = issuer.trio.rotate(f"{issuer.trio.bao.mount}/bot/two", "key", kill_at=5)
    assert killed.stdout == "killed at replaced a.enc.yaml\n"
    resumed = issuer.trio.rotate("--resume", "--commit")
    assert resumed.returncode == 0, resumed.stderr
    assert issuer.trio.repo.git("status", "--porcelain") == ""
    assert "version 1 → 2" in issuer.trio.repo.git("log", "-1", "--format=%B")
    assert issuer.later() == 0
    assert issuer.retired == ["first value of two"]
