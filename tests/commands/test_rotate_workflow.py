"""The scheduled workflow, step by step against a bare remote: its pull request is merged late, never, twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sealward.times import seconds_of
from tests.support.repo import Repo, make
from tests.support.rotations import NAMES, Trio

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.sops import Sealer

WORKFLOW = Path(__file__).parents[2] / ".github" / "workflows" / "rotate.yml"
STEPS = {one.get("name"): one for one in yaml.safe_load(WORKFLOW.read_text())["jobs"]["rotate"]["steps"]}
WEEK = 7 * 86400
SEALWARD = """\
#!{python}
import os, sys
from sealward.cli import main
sys.exit(main(sys.argv[1:], now=lambda: float(os.environ["NOW"])))
"""
GH = """\
#!{python}
import json, os, pathlib, sys
file = pathlib.Path(os.environ["GH_STATE"])
state = json.loads(file.read_text()) if file.exists() else {{"open": 0, "created": 0, "edited": 0}}
verb = sys.argv[1:3]
if verb == ["pr", "list"]:
    print(state["open"])
elif verb == ["pr", "create"]:
    assert state["open"] == 0, "one pull request is open already"
    state["open"], state["created"] = 1, state["created"] + 1
elif verb == ["pr", "edit"]:
    assert state["open"] == 1
    state["edited"] += 1
else:
    assert verb == ["auth", "setup-git"], verb
if "--body-file" in sys.argv:
    state["body"] = pathlib.Path(sys.argv[sys.argv.index("--body-file") + 1]).read_text()
file.write_text(json.dumps(state))
"""


class Service:
    """A bare remote, its pull requests, and a runner that begins every morning with a fresh clone."""

    def __init__(self, trio: Trio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.trio, self.folder, self.mornings = trio, tmp_path, 0
        trio.repo.git("clone", "--quiet", "--bare", ".", str(tmp_path / "remote.git"))
        self.remote = Repo(tmp_path / "remote.git")
        trio.repo.git("remote", "add", "origin", str(self.remote.path))
        programs = tmp_path / "bin"
        programs.mkdir()
        for name, text in (("sealward", SEALWARD), ("gh", GH)):
            (programs / name).write_text(text.format(python=sys.executable))
            (programs / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("GH_STATE", str(tmp_path / "gh.json"))
        monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
        monkeypatch.setenv("BASE", "main")

    @property
    def pull_requests(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "gh.json").read_text())
        return found

    def merged(self) -> None:
        """Somebody merges the pull request; its branch stays."""
        self.trio.repo.git("fetch", "--quiet", "origin")
        self.trio.repo.git("merge", "--quiet", "--no-edit", "origin/rotate/due")
        self.trio.repo.git("push", "--quiet", "origin", "main")
        (self.folder / "gh.json").write_text(json.dumps({**self.pull_requests, "open": 0}))

    def morning(self, now: float) -> tuple[int, str]:
        """The steps of the workflow; returns the last status and what was printed."""
        self.mornings += 1
        clone = make(self.folder / f"clone-{self.mornings}")
        clone.git("remote", "add", "origin", str(self.remote.path))
        clone.git("fetch", "--quiet", "origin")
        clone.git("checkout", "--quiet", "-B", "main", "origin/main")
        environment = {**os.environ, "NOW": str(now), "GITHUB_SHA": clone.git("rev-parse", "HEAD").strip()}
        printed, status = "", 0
        for name in ("rotate", "propose the new pins"):
            words = ["bash", "-e", "-c", STEPS[name]["run"]]
            done = subprocess.run(
                words, cwd=clone.path, env=environment, capture_output=True, text=True, check=False
            )
            printed, status = printed + done.stdout + done.stderr, max(status, done.returncode)
        return status, printed

    def proposed(self) -> str:
        return self.remote.git("rev-parse", "rotate/due").strip()


@pytest.fixture
def service(repo: Repo, sealer: Sealer, bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    return Service(Trio(repo, sealer, bao), tmp_path, monkeypatch)


def due(service: Service, version: int) -> float:
    """When that version of every secret has just become due, and any that is written from now on is not."""
    client, mount = service.trio.bao.client, service.trio.bao.mount
    written = [client.metadata(mount, f"bot/{name}").versions[version].created for name in NAMES]
    time.sleep(1.1)  # ages are compared by the second
    return max(seconds_of(one) or 0 for one in written) + WEEK


def test_merged_late_never_and_twice(service: Service) -> None:
    trio, now = service.trio, due(service, 1)
    assert service.morning(now)[0] == 0
    first = service.proposed()
    assert (service.pull_requests["open"], service.pull_requests["created"]) == (1, 1)
    assert f"Sealward-Rotated: {trio.bao.mount}/bot/one#key 1 -> 2" in str(service.pull_requests["body"])

    status, printed = service.morning(now)  # never merged: the same proposal stays, and its reviews with it
    assert (status, service.proposed()) == (0, first), printed
    assert "these pins are proposed already" in printed
    assert (service.pull_requests["created"], service.pull_requests["edited"]) == (1, 1)

    trio.repo.commit({"other": "main goes on"})
    trio.repo.git("push", "--quiet", "origin", "main")
    assert service.morning(now)[0] == 0  # merged late: brought up to date, in the same pull request
    second = service.proposed()
    assert second != first
    assert service.remote.git("rev-list", "--count", "main..rotate/due").strip() == "1"
    assert service.pull_requests["created"] == 1

    service.merged()
    status, printed = service.morning(now)
    assert (status, service.proposed()) == (0, second), printed
    assert "nothing was due" in printed
    assert trio.versions() == dict.fromkeys(NAMES, 2), "no morning made a second value"

    assert (
        service.morning(due(service, 2))[0] == 0
    )  # again a week later, though the old branch is still there
    assert service.pull_requests["created"] == 2
    service.merged()
    assert trio.pins() == {name: {3} for name in NAMES}
    assert trio.problems() == []


def test_what_somebody_else_committed_there_is_not_overwritten(service: Service) -> None:
    now = due(service, 1)
    assert service.morning(now)[0] == 0
    service.trio.repo.git("fetch", "--quiet", "origin")
    service.trio.repo.git("switch", "--quiet", "--create", "fix", "origin/rotate/due")
    service.trio.repo.commit({"by": "a person"})
    service.trio.repo.git("push", "--quiet", "origin", "HEAD:rotate/due")
    before = service.proposed()
    status, printed = service.morning(now)
    assert status == 1
    assert "somebody else committed to rotate/due" in printed
    assert service.proposed() == before
