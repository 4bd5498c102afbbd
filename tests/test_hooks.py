"""The hooks as people install them: real pre-commit and prek, real `git commit`, from a second repository."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.literals import expand
from tests.support.repo import Repo, make
from tests.support.sops import Sealer, new_identity

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PLAIN = "user: bot\npassword: correct-horse\n"
CONFIG = "repos:\n  - repo: {path}\n    rev: v1\n    hooks:\n      - id: {hook}\n"
INSIDE = "user: bot\npassword: vault:secret/data/bot#password#1\n"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """This checkout as it stands now, committed: what a user's configuration points to."""
    repo = make(tmp_path_factory.mktemp("hooks") / "sealward")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP, check=True, capture_output=True,
    ).stdout.decode()  # fmt: skip
    files = {name: TOP / name for name in listed.split("\0") if name}
    repo.commit({name: file.read_bytes() for name, file in files.items() if file.is_file()})
    repo.git("tag", "v1")
    return repo


@pytest.fixture(scope="module", params=["pre-commit", "prek"])
def tool(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Each hook manager, with a store of its own that lasts for this module's tests."""
    store = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRE_COMMIT_HOME", str(store / "pre-commit"))
        patch.setenv("PREK_HOME", str(store / "prek"))
        patch.setenv("PATH", os.pathsep.join([str(BIN), os.environ["PATH"]]))
        yield str(request.param)


@pytest.fixture
def work(tool: str, snapshot: Repo, sealer: Sealer, repo: Repo) -> Repo:
    """A repository with the hook installed, and one sealed file committed."""
    config = CONFIG.format(path=snapshot.path, hook="sealward")
    repo.commit({".pre-commit-config.yaml": config, ".sops.yaml": sealer.rules()})
    done = subprocess.run(
        [str(BIN / tool), "install"], cwd=repo.path, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    repo.write({"secrets.enc.yaml": sealer.seal("secrets.enc.yaml", INSIDE)})
    repo.git("add", "--all")
    repo.git("commit", "--message", "sealed")
    return repo


def refused(told: str) -> bool:
    return "Failed" in told and "[" in told


def test_a_commit(work: Repo, sealer: Sealer) -> None:
    work.write({"more.enc.yaml": PLAIN})
    (work.path / "link").symlink_to(expand("../ghp_%b62:36%", 7))
    work.git("add", "--all")
    told = work.git("commit", "--message", "plain", check=False)
    assert refused(told), told
    assert "the target of the symbolic link holds a GitHub token" in told
    work.git("rm", "--quiet", "--force", "link")
    assert "more.enc.yaml:2:11: error" in told
    assert "[not-sealed]" in told
    assert "hint: seal it: `sops encrypt --in-place more.enc.yaml`" in told
    assert "correct-horse" not in told
    work.write({"more.enc.yaml": sealer.seal("more.enc.yaml", INSIDE)})
    work.git("add", "--all")
    work.git("commit", "--message", "sealed now")


def test_a_half_staged_file_is_judged_as_it_will_be_committed(work: Repo, sealer: Sealer) -> None:
    sealed = (work.path / "secrets.enc.yaml").read_text()
    plain = "".join(
        "password: correct-horse\n" if line.startswith("password") else line
        for line in sealed.splitlines(keepends=True)
    )
    work.write({"secrets.enc.yaml": plain})
    patch = subprocess.run(
        ["git", "add", "--patch", "secrets.enc.yaml"], cwd=work.path, input="y\n", text=True, check=False,
        capture_output=True,
    )  # fmt: skip
    assert patch.returncode == 0, patch.stderr
    work.write({"secrets.enc.yaml": sealed})
    told = work.git("commit", "--message", "half", check=False)
    assert refused(told), told
    assert "[plaintext-value]" in told
    work.git("reset", "--quiet")
    work.write({"secrets.enc.yaml": plain, "README": "harmless"})
    work.git("add", "README")
    work.git("commit", "--message", "the plaintext is not staged")


def test_a_merge(work: Repo, sealer: Sealer) -> None:
    work.git("checkout", "--quiet", "-b", "topic")
    work.write({"topic.enc.yaml": sealer.seal("topic.enc.yaml", INSIDE)})
    work.git("add", "--all")
    work.git("commit", "--message", "topic")
    work.git("checkout", "--quiet", "main")
    work.write({"main.enc.yaml": sealer.seal("main.enc.yaml", INSIDE)})
    work.git("add", "--all")
    work.git("commit", "--message", "main")
    work.git("merge", "--no-ff", "--message", "clean merge", "topic")


def test_a_merge_that_mixes_both_sides(work: Repo, sealer: Sealer) -> None:
    """Values of one side under the MAC of the other cannot be decrypted: the resolved file is refused."""
    ours = sealer.seal("secrets.enc.yaml", INSIDE.replace("data/bot", "data/our"))
    theirs = sealer.seal("secrets.enc.yaml", INSIDE.replace("data/bot", "data/their"))
    work.git("checkout", "--quiet", "-b", "topic")
    work.write({"secrets.enc.yaml": theirs})
    work.git("commit", "--quiet", "--all", "--message", "theirs")
    work.git("checkout", "--quiet", "main")
    work.write({"secrets.enc.yaml": ours})
    work.git("commit", "--quiet", "--all", "--message", "ours")
    assert "CONFLICT" in work.git("merge", "topic", check=False)
    work.git("add", "--all")
    told = work.git("commit", "--message", "markers left in", check=False)
    assert "[conflict-markers]" in told, told
    mixed = theirs.decode().splitlines(keepends=True)[:2] + ours.decode().splitlines(keepends=True)[2:]
    work.write({"secrets.enc.yaml": "".join(mixed)})
    work.git("add", "--all")
    told = work.git("commit", "--message", "mixed", check=False)
    assert "[stale-mac]" in told, told
    work.write({"secrets.enc.yaml": theirs})
    work.git("add", "--all")
    work.git("commit", "--message", "one side whole")


def test_a_rebase(work: Repo, sealer: Sealer) -> None:
    work.git("checkout", "--quiet", "-b", "topic")
    work.write({"topic.enc.yaml": sealer.seal("topic.enc.yaml", INSIDE)})
    work.git("add", "--all")
    work.git("commit", "--message", "topic")
    work.git("checkout", "--quiet", "main")
    work.write({"README": "main"})
    work.git("add", "--all")
    work.git("commit", "--message", "main")
    work.git("checkout", "--quiet", "topic")
    work.git("rebase", "main")


def test_a_worktree(work: Repo) -> None:
    tree = work.path.parent / "tree"
    work.git("worktree", "add", "--quiet", str(tree), "-b", "side")
    side = Repo(tree)
    side.write({"more.enc.yaml": PLAIN})
    side.git("add", "--all")
    assert "[not-sealed]" in side.git("commit", "--message", "plain", check=False)
    text = (tree / "secrets.enc.yaml").read_text()
    side.write({"more.enc.yaml": "", "secrets.enc.yaml": text.replace("user:", "login:")})
    side.git("rm", "--quiet", "--force", "more.enc.yaml")
    side.git("add", "--all")
    assert "[stale-mac]" in side.git("commit", "--message", "renamed key", check=False)


def test_a_submodule(work: Repo, tmp_path: Path) -> None:
    inner = make(tmp_path / "inner")
    inner.commit({"plain.enc.yaml": PLAIN})
    work.git("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(inner.path), "inner")
    work.git("commit", "--message", "a submodule is not read by the outer repository")


def test_try_repo(tool: str, snapshot: Repo, repo: Repo, tmp_path: Path) -> None:
    """The bad file is named, and the good one is not."""
    recipient, _ = new_identity(tmp_path)
    good = Sealer(recipient).seal("good.enc.yaml", INSIDE)
    repo.commit({"secrets.enc.yaml": PLAIN, "good.enc.yaml": good})
    files = ["--files", "secrets.enc.yaml", "good.enc.yaml"]
    command = [str(BIN / tool), "try-repo", str(snapshot.path), "sealward", *files]
    done = subprocess.run(command, cwd=repo.path, check=False, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "secrets.enc.yaml:2:11: error: `password` is not SOPS-encrypted" in done.stdout
    assert "good.enc.yaml" not in done.stdout
    assert "2 files read, 1 sealed" in done.stdout


@pytest.mark.parametrize(("every", "status"), [("7d", 1), ("30d", 0)])
def test_rotation_due(
    tool: str,
    snapshot: Repo,
    repo: Repo,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    every: str,
    status: int,
) -> None:
    """Without a key and without a server: the age of the lines in git decides."""
    recipient, _ = new_identity(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_AUTHOR_DATE", f"@{int(time.time()) - 10 * 86400} +0000")
    policy = f"policies:\n  bot:\n    paths: ['secret/bot/*']\n    every: {every}\n    files: ['*.enc.yaml#password']\n"
    sealed = Sealer(recipient).seal("secrets.enc.yaml", INSIDE)
    config = CONFIG.format(path=snapshot.path, hook="rotation-due")
    repo.commit(
        {"secrets.enc.yaml": sealed, "vault/rotation.yaml": policy, ".pre-commit-config.yaml": config}
    )
    command = [str(BIN / tool), "run", "rotation-due", "--hook-stage", "manual", "--all-files"]
    done = subprocess.run(command, cwd=repo.path, check=False, capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    assert ("due 3d ago" in done.stdout) == bool(status)


def test_every_hook_is_a_check() -> None:
    import yaml

    from sealward.checks import CHECKS

    hooks = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())
    entries = {hook["id"]: hook["entry"] for hook in hooks}
    assert entries.pop("sealward") == "sealward check"
    assert entries.pop("rotation-due") == "sealward status --check --offline"
    assert entries == {name: f"sealward check --only {name}" for name in CHECKS}
