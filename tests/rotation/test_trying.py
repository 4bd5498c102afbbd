"""What becomes of values that fail their verification: nobody reads them, they are revoked, and counted."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.rotation import trying
from sealward.times import iso
from sealward.vault.client import Metadata
from tests.support.rotations import NAMES, POLICY, Trio

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

DAY = 86400
FAILS = 'import sys; sys.exit(not print(\'{"error": "login refused"}\'))'
NOTES = "import sys; open('revoked', 'a').write(sys.stdin.read())"


@pytest.fixture
def trio(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    return Trio(repo, sealer, bao)


def policy(trio: Trio, *lines: str, verify: str = FAILS) -> None:
    more = "".join(f"    {one}\n" for one in lines)
    text = POLICY.format(mount=trio.bao.mount) + more
    text += f"    verify: [{sys.executable}, -c, {json.dumps(verify)}]\n"
    text += f"    retire: [{sys.executable}, -c, {json.dumps(NOTES)}]\n    grace: 1h\n"
    trio.repo.commit({"vault/rotation.yaml": text})


def revoked(trio: Trio) -> list[dict[str, object]]:
    file = trio.repo.path / "revoked"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_what_was_never_written_is_revoked_and_nobody_reads_it(
    trio: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    policy(trio)
    secret = f"{trio.bao.mount}/bot/one"
    assert main(["rotate", secret, "key"]) == 2
    told = capsys.readouterr().err
    assert "says: login refused; nothing was written to Vault; the rejected value of key was revoked" in told
    assert trio.versions()["one"] == 1
    [one] = revoked(trio)
    assert (one["action"], one["path"], one["keys"]) == ("retire", "bot/one", ["key"])
    assert one["values"] != {"key": "first value of one"}


def test_a_value_that_is_in_use_is_not_revoked_as_a_rejected_one(trio: Trio) -> None:
    """A generator that answers with the value that production has (it is over its quota, say)."""
    code = (
        "import json, sys; json.load(sys.stdin); print(json.dumps({'values': {'key': 'first value of one'}}))"
    )
    generator = f"{{exec: [{sys.executable}, -c, {json.dumps(code)}]}}"
    policy(trio)
    file = trio.repo.path / "vault" / "rotation.yaml"
    trio.repo.commit({"vault/rotation.yaml": file.read_text().replace("hex:16", generator)})
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key"]) == 2
    assert revoked(trio) == []
    assert trio.versions()["one"] == 1


def test_what_a_killed_run_wrote_is_written_over_with_the_last_good_value(
    trio: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its verification fails when it is finished: whoever pins nothing must not be left with it."""
    secret = f"{trio.bao.mount}/bot/one"
    assert trio.rotate(secret, "key", kill_at=4).stdout == "killed at written\n"
    bad = trio.bao.get("bot/one")["key"]
    policy(trio)
    assert main(["rotate", "--resume"]) == 2
    told = capsys.readouterr().err
    assert "the last good value is the newest again, as version 3" in told
    assert trio.bao.get("bot/one") == {"key": "first value of one", "other": "kept"}
    assert [one["values"] for one in revoked(trio)] == [{"key": bad}]
    assert trio.pins()["one"] == {1}
    assert main(["rotate", "--resume"]) == 0
    assert len(revoked(trio)) == 1, "it is not revoked twice"


def test_after_some_in_a_row_a_scheduled_run_waits_and_a_person_need_not(
    trio: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    policy(trio)
    now = time.time() + 8 * DAY
    for _ in range(trying.PATIENCE):
        assert main(["rotate", "--due", "--yes"], now=lambda: now) == 2
    tried = len(revoked(trio))
    assert tried == 3 * trying.PATIENCE
    capsys.readouterr()
    assert main(["rotate", "--due", "--yes"], now=lambda: now + DAY / 2) == 2
    assert capsys.readouterr().err.count("were rejected 3 times in a row") == 3
    assert len(revoked(trio)) == tried, "no further value was made"
    assert main(["rotate", f"{trio.bao.mount}/bot/one", "key"], now=lambda: now) == 2
    assert len(revoked(trio)) == tried + 1
    assert main(["rotate", "--due", "--yes"], now=lambda: now + 3 * DAY) == 2
    assert len(revoked(trio)) == tried + 4
    policy(trio, verify="pass")
    assert main(["rotate", "--all", "--yes"], now=lambda: now) == 0
    custom = [trio.bao.client.metadata(trio.bao.mount, f"bot/{name}").custom for name in NAMES]
    assert [one for one in custom if "sealward-rejections" in one] == [], "the count begins again"


@pytest.mark.parametrize(
    ("count", "hours", "waiting"),
    [(0, 0, False), (2, 0, False), (3, 23, True), (3, 24, False), (4, 47, True), (4, 48, False), (99, 167, True), (99, 168, False)],
)  # fmt: skip
def test_how_long_it_waits(count: int, hours: int, waiting: bool) -> None:
    custom = {"sealward-rejections": f"{count}, last at {iso(0)}"} if count else {}
    metadata = Metadata(current=1, oldest=1, max_versions=0, versions={}, custom=custom)
    assert (trying.waits(metadata, hours * 3600.0) is not None) is waiting
