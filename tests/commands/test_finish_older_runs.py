"""What a killed run of an older version left is finished: its journals, written down here as it wrote them.

Nothing here uses today's code to write them, so that a change of a format shows.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from tests.support.reencryptions import Fleet
from tests.support.rotations import NAMES, POLICY, Trio, under_way
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

NOTE = "sealward-rotation-086ce1c2d4fd"


@pytest.fixture
def fleet(tmp_path: Path, sealer: Sealer) -> Fleet:
    return Fleet.sealed(tmp_path / "fleet", sealer, new_identity(tmp_path, "former.txt")[0], 2)


@pytest.fixture
def trio(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    return Trio(repo, sealer, bao)


def renewed(fleet: Fleet, folder: Path) -> dict[str, bytes]:
    """What the older run had made ready: each file, re-encrypted."""
    other = fleet.copy(folder)
    assert other.reencrypt("--data-key").returncode == 0
    return other.new()


def journal(fleet: Fleet, ready: dict[str, bytes], is_done: bool) -> None:
    """The journal of `reencrypt` in the git directory, in format 1."""
    changes = [
        {
            "path": path,
            "renewed": True,
            "before": hashlib.sha256(fleet.originals[path]).hexdigest(),
            "after": None if is_done else base64.b64encode(data).decode(),
        }
        for path, data in ready.items()
    ]
    noted = json.dumps({"version": 1, "changes": changes})
    (fleet.repo.path / ".git" / "sealward-reencrypt").write_text(noted)


@pytest.mark.parametrize(
    ("replaced", "is_done", "left"),
    [
        (0, False, []),
        (0, False, ["{first}"]),
        (1, False, []),
        (1, False, ["{second}"]),
        (2, False, [".git/.sealward-reencrypt.sealward-reencrypt"]),
        (2, True, []),
    ],
)
def test_a_reencryption(fleet: Fleet, tmp_path: Path, replaced: int, is_done: bool, left: list[str]) -> None:
    """Just the bytes that were ready are put in place: what was done is not done again."""
    ready = renewed(fleet, tmp_path / "ready")
    names = dict(zip(("first", "second"), map(temporary, ready), strict=True))
    journal(fleet, ready, is_done)
    fleet.repo.write(dict(list(ready.items())[:replaced]))
    fleet.repo.write({one.format(**names): b"par" for one in left})
    again = fleet.reencrypt("--data-key")
    assert again.returncode == 0, again.stderr
    assert fleet.held() == ready
    assert fleet.problems(finished=True) == []


def test_a_reencryption_that_had_not_begun(fleet: Fleet) -> None:
    """Killed while it wrote its journal: that is swept, and the next run does all."""
    fleet.repo.write({".git/.sealward-reencrypt.sealward-reencrypt": b'{"version": 1, "chan'})
    again = fleet.reencrypt("--data-key")
    assert again.returncode == 0, again.stderr
    assert fleet.problems(finished=True) == []


def test_a_file_that_changed_since_is_not_overwritten(fleet: Fleet, tmp_path: Path) -> None:
    journal(fleet, renewed(fleet, tmp_path / "ready"), is_done=False)
    path = next(iter(fleet.originals))
    fleet.repo.write({path: fleet.originals[path] + b"# more\n"})
    again = fleet.reencrypt("--data-key")
    assert again.returncode == 2
    assert "is not as the killed run" in again.stderr
    assert fleet.held() == {**fleet.originals, path: fleet.originals[path] + b"# more\n"}


@pytest.mark.parametrize("when", ["noted", "written", "replaced", "all replaced"])
def test_a_rotation(trio: Trio, sealer: Sealer, when: str) -> None:
    """The entry on the server says what was under way; each file has its old pin or its new one."""
    trio.bao.client.annotate(trio.bao.mount, "bot/three", {NOTE: "2 after 1: key in a.enc.yaml, b.enc.yaml"})
    if when != "noted":
        trio.bao.put("bot/three", key="second value", other="kept")
    where = f"vault:{trio.bao.mount}/data/bot"
    pins = {"one": 1, "two": 1, "three": 2}
    first = "".join(f"{name}: {where}/{name}#key#{pins[name]}\n" for name in NAMES)
    if when in ("replaced", "all replaced"):
        trio.repo.write({"a.enc.yaml": sealer.seal("a.enc.yaml", first)})
    if when == "all replaced":
        second = f"copy: {where}/two#key#1\nother: {where}/three#other#2\n"
        trio.repo.write({"b.enc.yaml": sealer.seal("b.enc.yaml", second)})
    for name in {"written": "a", "replaced": "b"}.get(when, ""):  # the one that was next
        trio.repo.write({f".{name}.enc.yaml.sealward-{gone()}": b"par"})
    assert main(["rotate", "--resume"]) == 0
    assert trio.versions() == {"one": 1, "two": 1, "three": 1 if when == "noted" else 2}
    assert trio.problems() == [], "every pin is the newest, and no temporary file is left"
    assert under_way(trio.bao.client.metadata(trio.bao.mount, "bot/three").custom) == {}


def test_an_entry_with_a_key_of_any_name(trio: Trio) -> None:
    """The keys end at `` in ``, where the names of the files begin."""
    trio.bao.client.annotate(trio.bao.mount, "bot/one", {NOTE: "2 after 1: key,other in a file.enc.yaml"})
    trio.bao.put("bot/one", key="second value", other="kept")
    assert main(["rotate", "--resume"]) == 0
    assert trio.pins()["one"] == {2}
    assert under_way(trio.bao.client.metadata(trio.bao.mount, "bot/one").custom) == {}


def test_a_rejected_version_is_not_pinned(trio: Trio) -> None:
    trio.bao.client.annotate(trio.bao.mount, "bot/one", {"sealward-rejected": "2 after 1: key"})
    trio.bao.put("bot/one", key="refused", other="kept")
    assert main(["rotate", "--resume"]) == 0
    assert trio.pins()["one"] == {1}


@pytest.mark.parametrize(
    ("due", "is_retired"), [("2001-02-03T04:05:06Z", True), ("2999-02-03T04:05:06Z", False)]
)
def test_an_old_value_that_waits_to_be_retired(
    trio: Trio, sealer: Sealer, tmp_path: Path, due: str, is_retired: bool
) -> None:
    log = tmp_path / "retired"
    code = f"import json, sys; open({str(log)!r}, 'a').write(json.load(sys.stdin)['values']['key'])"
    policy = POLICY + f"    retire: [{sys.executable}, -c, {json.dumps(code)}]\n    grace: 1h\n"
    trio.bao.put("bot/one", key="second value", other="kept")
    trio.bao.client.annotate(trio.bao.mount, "bot/one", {"sealward-retire-1": f"from {due}: key"})
    where = f"vault:{trio.bao.mount}/data/bot"
    text = f"one: {where}/one#key#2\ntwo: {where}/two#key#1\nthree: {where}/three#key#1\n"
    sealed = sealer.seal("a.enc.yaml", text)
    trio.repo.commit({"a.enc.yaml": sealed, "vault/rotation.yaml": policy.format(mount=trio.bao.mount)})
    assert main(["rotate", "--resume"]) == 0
    assert (log.read_text() if log.exists() else "") == ("first value of one" if is_retired else "")
    custom = under_way(trio.bao.client.metadata(trio.bao.mount, "bot/one").custom)
    waiting = {"sealward-retire-1": f"from {due}: key"}
    custom = under_way(custom)
    assert custom == waiting if not is_retired else list(custom) == ["sealward-retired-1"]


def temporary(path: str) -> str:
    """The name of the temporary file of a re-encryption, as it was before names were random."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/.{name}.sealward-reencrypt"


def gone() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid
