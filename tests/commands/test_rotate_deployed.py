"""In use means deployed: no value is revoked that a branch of the remote still uses, whatever this work tree
says; and what nobody uses any more is."""

from __future__ import annotations

import base64
import json
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from sealward.cli import main
from tests.support.repo import Repo
from tests.support.rotations import under_way

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.sops import Sealer

GRACE = 61.0


class Shop:
    """A repository with a remote, one secret whose old values are revoked by a program, and a clock that can be
    put forward."""

    def __init__(self, repo: Repo, sealer: Sealer, bao: Bao, folder: Path) -> None:
        self.repo, self.sealer, self.bao = repo, sealer, bao
        self.origin, self.log, self.ahead = folder / "origin.git", folder / "revoked", 0.0
        bao.put("bot/t1", key="OLD1", other="kept")
        repo.commit(
            {
                ".sops.yaml": sealer.rules(),
                "s.enc.yaml": self.sealed("s.enc.yaml", "a: {}\n"),
                "vault/rotation.yaml": self.policy(),
            }
        )
        Repo(folder).git("init", "--quiet", "--bare", "--initial-branch=main", str(self.origin))
        repo.git("remote", "add", "origin", str(self.origin))
        repo.git("push", "--quiet", "--set-upstream", "origin", "main")

    def reference(self, version: int, key: str = "key") -> str:
        return f"vault:{self.bao.mount}/data/bot/t1#{key}#{version}"

    def sealed(self, path: str, text: str, version: int = 1) -> bytes:
        return self.sealer.seal(path, text.format(self.reference(version)))

    def policy(self, *more: str, every: str = "7d", status: int = 0, retire: bool = True) -> str:
        code = (
            f"import json, sys; o = json.load(sys.stdin); open({str(self.log)!r}, 'a').write("
            f"' '.join(o['values'].values()) + chr(10)); sys.exit({status})"
        )
        program = (
            [f"    retire: [{sys.executable}, -c, {json.dumps(code)}]", "    grace: 1m"] if retire else []
        )
        lines = [f"    paths: [{self.bao.mount}/**]", "    keys: [key]", f"    every: {every}", *program]
        return "\n".join([*more, "policies:", "  p:", *lines, ""])

    def run(self, *words: str) -> int:
        """A run of `rotate`, at the time of ``ahead``."""
        return main(["rotate", *words], now=lambda: time.time() + self.ahead)

    def rotate(self, *words: str) -> int:
        return self.run(f"{self.bao.mount}/bot/t1", "key", "--yes", *words)

    def resume(self, seconds: float = 0.0) -> int:
        """Some time later, a run that revokes what is due."""
        self.ahead += seconds
        return self.run("--resume")

    def after_the_grace(self) -> None:
        """One run sees it, and one comes after the grace."""
        assert self.resume() == 0
        assert self.resume(GRACE) == 0

    def waiting(self, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
        capsys.readouterr()
        assert self.run("--resume", "--format", "json") == 0
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["waiting"]
        return found

    @property
    def revoked(self) -> list[str]:
        """The values that the program got, in order."""
        return self.log.read_text().split() if self.log.exists() else []

    @property
    def custom(self) -> dict[str, str]:
        return under_way(self.bao.client.metadata(self.bao.mount, "bot/t1").custom)

    @property
    def noted(self) -> set[str]:
        """The names of the entries about old values."""
        return {name for name in self.custom if name.startswith("sealward-retire")}

    def clone(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
        """A fresh clone, as a job has it; the current folder is its top."""
        Repo(path.parent).git("clone", "--quiet", str(self.origin), str(path))
        made = Repo(path)
        made.git("config", "user.name", "Job")
        made.git("config", "user.email", "job@example.org")
        monkeypatch.chdir(path)
        return made


@pytest.fixture
def shop(repo: Repo, sealer: Sealer, bao: Bao, tmp_path: Path) -> Shop:
    return Shop(repo, sealer, bao, tmp_path)


def test_a_branch_that_is_not_merged_revokes_nothing(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The shipped workflow: a job commits on a branch, its pull request waits for weeks, the next job adopts the
    same version; the old value lives until the merge and the grace after it."""
    for number in (1, 2, 3):
        job = shop.clone(tmp_path / f"job{number}", monkeypatch)
        job.git("switch", "--quiet", "--create", f"rotate/{number}")
        assert shop.rotate("--commit") == 0 if number == 1 else shop.run("--due", "--commit", "--yes") == 0
        job.git("push", "--quiet", "origin", "HEAD")
        shop.ahead += 8 * 86400
    assert shop.revoked == []
    assert "retired version" not in capsys.readouterr().out
    [one, *_] = shop.waiting(capsys)
    assert (one["version"], one["obstacle"]) == (1, "pinned")
    assert one["until"] == "once origin/main is without the pin in s.enc.yaml"
    job.git("switch", "--quiet", "main")
    job.git("merge", "--quiet", "--no-edit", "origin/rotate/1")
    job.git("push", "--quiet", "origin", "main")
    shop.clone(tmp_path / "job4", monkeypatch)
    assert shop.resume() == 0
    assert shop.revoked == [], "the grace starts with the merge"
    assert shop.resume(GRACE) == 0
    assert shop.revoked == ["OLD1"]


def test_a_commit_that_is_not_pushed_revokes_nothing(shop: Shop) -> None:
    assert shop.rotate("--commit") == 0
    shop.after_the_grace()
    assert shop.revoked == []
    shop.repo.git("push", "--quiet")
    shop.after_the_grace()
    assert shop.revoked == ["OLD1"]


@pytest.mark.parametrize(
    ("branch", "more", "holds"),
    [
        ("release/2.1", [], True),
        ("production", [], True),
        ("v1.x", [], True),
        ("feature/release-notes", [], False),
        ("add-a-widget", [], False),
        ("customer", ["deployed: [origin/main, origin/cust*]"], True),
        ("release/2.1", ["deployed: [origin/main]"], False),
    ],
)
def test_other_branches_of_the_remote(shop: Shop, branch: str, more: list[str], holds: bool) -> None:
    """Those that are made to last hold a value by their names, or as `deployed` says; work under way does not."""
    shop.repo.git("push", "--quiet", "origin", f"main:{branch}")
    shop.repo.commit({"vault/rotation.yaml": shop.policy("# as it is deployed", *more)})
    assert shop.rotate("--commit") == 0
    shop.repo.git("push", "--quiet")
    shop.after_the_grace()
    assert shop.revoked == ([] if holds else ["OLD1"])


PLACES = {
    "a plain manifest": ("deployment.yaml", "env: {}\n", True),
    "a folder that is exempt": ("exempt/values.yaml", "env: {}\n", True),
    "Base64 in a Kubernetes Secret": ("secret.yaml", "kind: Secret\ndata:\n  a: {base64}\n", True),
    "a template": (
        "agent.ctmpl",
        '{{{{ with secret "{mount}/data/bot/t1?version=1" }}}}{{{{ .Data.data.key }}}}{{{{ end }}}}\n',
        True,
    ),
    "an address of the API": ("fetch.sh", "curl $VAULT_ADDR/v1/{mount}/data/bot/t1?version=1\n", True),
    "JSON with escaped slashes": ("app.json", '{{"env": "vault:{mount}\\/data\\/bot\\/t1#key#1"}}', True),
    "prose": ("README.md", "For example {}\n", False),
    "another secret": ("deployment.yaml", "env: vault:{mount}/data/bot/t10#key#1\n", False),
    "another version": ("deployment.yaml", "env: vault:{mount}/data/bot/t1#key#2\n", False),
    "another server": (
        "values.yaml",
        "a: ref+vault://{mount}/bot/t1?address=https://other.example&version=1#/key\n",
        False,
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_tracked_file_counts(shop: Shop, place: str) -> None:
    path, text, holds = PLACES[place]
    reference = shop.reference(1)
    encoded = base64.b64encode(reference.encode()).decode()
    shop.repo.commit(
        {
            path: text.format(reference, base64=encoded, mount=shop.bao.mount),
            ".sealward.yaml": "exempt:\n  - path: exempt/**\n    reason: fixtures\n",
        }
    )
    assert shop.rotate("--commit") == 0
    shop.repo.git("push", "--quiet")
    shop.after_the_grace()
    assert shop.revoked == ([] if holds else ["OLD1"])


HIDDEN = {
    "a sparse checkout": ["sparse-checkout set --no-cone /* !/other/"],
    "skip-worktree": ["update-index --skip-worktree s.enc.yaml"],
    "assume-unchanged": ["update-index --assume-unchanged s.enc.yaml"],
    "deleted in the work tree": [],
}


@pytest.mark.parametrize("how", HIDDEN)
def test_what_the_work_tree_does_not_show_counts(shop: Shop, how: str) -> None:
    if "enc" not in "".join(HIDDEN[how]):
        shop.repo.commit({"other/b.enc.yaml": shop.sealed("other/b.enc.yaml", "b: {}\n")})
        shop.repo.git("push", "--quiet")
    for words in HIDDEN[how]:
        shop.repo.git(*words.split())
    if not HIDDEN[how]:
        (shop.repo.path / "other/b.enc.yaml").unlink()
    shop.rotate("--file", "s.enc.yaml")
    shop.after_the_grace()
    assert shop.revoked == []


def test_a_deployed_file_that_cannot_be_opened_holds_back_what_it_might_pin(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """A colleague's file for other recipients, on a release branch; `files` of the policy says that it is not it."""
    text = (shop.repo.path / "s.enc.yaml").read_text()
    first = text[text.index("ENC[") : text.index("]", text.index("ENC["))]
    stranger = text.replace(first, first[:-12] + "AAAA" + first[-8:])
    shop.repo.git("switch", "--quiet", "--create", "release/1")
    shop.repo.commit({"theirs.enc.yaml": stranger})
    shop.repo.git("push", "--quiet", "origin", "release/1")
    shop.repo.git("switch", "--quiet", "main")
    assert shop.rotate("--commit") == 0
    shop.repo.git("push", "--quiet")
    shop.repo.git("push", "--quiet", "--force", "origin", "main:release/0")
    shop.after_the_grace()
    assert shop.revoked == []
    [one] = shop.waiting(capsys)
    assert one["obstacle"] == "pinned", "release/1 has the old pin besides"


def test_a_version_with_the_same_value_is_in_use(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """A person changed a sibling (version 2); the files pin version 1. Neither is retired while version 1 is
    pinned, and nothing says that it was; afterwards the value is revoked once, for both."""
    shop.bao.put("bot/t1", other="changed")
    assert shop.rotate() == 0
    assert "retired version" not in capsys.readouterr().out
    shop.after_the_grace()
    assert "retired version" not in capsys.readouterr().out
    assert shop.revoked == []
    assert {"sealward-retire-1", "sealward-retire-2"} <= set(shop.custom)
    assert [one["obstacle"] for one in shop.waiting(capsys)] == ["pinned", "same-value"]
    shop.repo.git("commit", "--quiet", "--all", "--message", "pins")
    shop.repo.git("push", "--quiet")
    shop.after_the_grace()
    assert shop.revoked == ["OLD1"]
    assert shop.noted == {"sealward-retired-1", "sealward-retired-2"}


def test_every_version_that_was_pinned_and_what_lay_between_is_retired(shop: Shop) -> None:
    """The files pinned 1; a person wrote 2 and 3 since; ours is 4."""
    shop.bao.put("bot/t1", key="HUMAN2")
    shop.bao.put("bot/t1", key="HUMAN3")
    assert shop.rotate("--commit") == 0
    shop.repo.git("push", "--quiet")
    shop.after_the_grace()
    assert sorted(shop.revoked) == ["HUMAN2", "HUMAN3", "OLD1"]
    assert shop.noted == {f"sealward-retired-{number}" for number in (1, 2, 3)}


@pytest.mark.parametrize("how", ["the reference went away", "another policy", "no program any more"])
def test_a_pending_retirement_is_not_forgotten(
    shop: Shop, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shop.rotate("--commit") == 0
    if how == "the reference went away":
        shop.repo.commit({"s.enc.yaml": shop.sealer.seal("s.enc.yaml", "a: nothing\n")})
    if how == "another policy":
        text = shop.policy().replace("  p:", "  other:").replace("**]", "bot/*]")
        shop.repo.commit({"vault/rotation.yaml": text})
    if how == "no program any more":
        shop.repo.commit({"vault/rotation.yaml": shop.policy(retire=False)})
    shop.repo.git("push", "--quiet")
    if how == "no program any more":
        [one] = shop.waiting(capsys)
        assert one["obstacle"] == "policy"
        shop.repo.commit({"vault/rotation.yaml": shop.policy()})
        shop.repo.git("push", "--quiet")
    shop.after_the_grace()
    assert shop.revoked == ["OLD1"]


def test_a_clone_that_does_not_know_the_remote_revokes_nothing(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One branch alone was cloned: nobody knows here what the release branches pin."""
    assert shop.rotate("--commit") == 0
    shop.repo.git("push", "--quiet")
    Repo(tmp_path).git("clone", "--quiet", "--depth=1", f"file://{shop.origin}", "narrow")
    monkeypatch.chdir(tmp_path / "narrow")
    [one] = shop.waiting(capsys)
    assert (one["obstacle"], "deployed: [origin/main]" in one["until"]) == ("unknown", True)
    Repo(tmp_path / "narrow").git("remote", "set-branches", "origin", "*")
    Repo(tmp_path / "narrow").git("fetch", "--quiet", "--unshallow")
    shop.after_the_grace()
    assert shop.revoked == ["OLD1"]


def test_a_revoked_version_is_named_wherever_it_is_pinned(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """`status` of any repository that pins it says so and fails its check; `--due` pins the newest at once."""
    shop.bao.put("bot/t1", key="NEW")
    shop.bao.client.annotate(shop.bao.mount, "bot/t1", {"sealward-retired-1": "2026-01-31T12:00:00Z"})
    assert main(["status", "--check", "--format", "json"]) == 1
    [one] = json.loads(capsys.readouterr().out)["references"]
    assert one["state"] == "revoked"
    assert shop.run("--due", "--commit", "--yes") == 0
    assert "its version was revoked" in shop.repo.git("log", "-1", "--format=%B")
    assert main(["status", "--check"]) == 0
    capsys.readouterr()
    assert main(["status", "--format", "json"]) == 0
    assert [one["state"] for one in json.loads(capsys.readouterr().out)["references"]] == ["ok"]
