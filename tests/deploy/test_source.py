"""From a commit to what is wanted: HEAD and not the work tree, and what an apply refuses to go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.deploy.source import Source
from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

SETTINGS = "targets:\n  t:\n    cluster: {context: c}\n    namespace: ns\n    manifests: ['k8s/*.enc.yaml']\n"
MANIFEST = "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {A: b}\n"


@pytest.fixture
def files(sealer: Sealer) -> dict[str, str | bytes]:
    rules = sealer.rules() + "    encrypted_regex: ^(data|stringData)$\n"
    return {"deploy.yaml": SETTINGS, "k8s/a.enc.yaml": sealer.seal("k8s/a.enc.yaml", MANIFEST, rules)}


def wanted(*, worktree: bool = False, check: bool = False) -> list[str]:
    with Repository.around() as repository:
        source = Source(repository, find(), worktree=worktree)
        commit = source.commit(source.target(""))
        if check:
            source.check_writable(commit)
        return [one.name for one in commit.wanted]


def test_head_counts_and_not_the_work_tree(repo: Repo, files: dict[str, str | bytes]) -> None:
    repo.commit(files)
    repo.write({"k8s/a.enc.yaml": b"broken"})
    assert wanted() == ["keys"]
    with pytest.raises(SealwardError, match="differs from HEAD, which is what is deployed"):
        wanted(check=True)
    with pytest.raises(SealwardError, match="is not sealed"):
        wanted(worktree=True)


def test_other_files_may_differ(repo: Repo, files: dict[str, str | bytes]) -> None:
    repo.commit({**files, "README": "a"})
    repo.write({"README": "b", "k8s/new.enc.yaml": files["k8s/a.enc.yaml"]})
    assert wanted(check=True) == ["keys"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"deploy.yaml": None}, "there is no deploy.yaml in HEAD; write it, and commit it: targets:"),
        ({"k8s/a.enc.yaml": None}, r"nothing matches 'k8s/\*.enc.yaml'"),
        ({"k8s/a.enc.yaml": MANIFEST}, "k8s/a.enc.yaml is not sealed: what it holds is no secret any more"),
        ({"k8s/b.enc.yaml": "same"}, "the Secret ns/keys is there twice"),
    ],
)
def test_mistakes(
    changes: dict[str, str | None], reason: str, repo: Repo, files: dict[str, str | bytes]
) -> None:
    found = {
        **files,
        **{name: files["k8s/a.enc.yaml"] if text == "same" else text for name, text in changes.items()},
    }
    repo.commit({"x": "x", **{name: text for name, text in found.items() if text is not None}})
    with pytest.raises(SealwardError, match=reason):
        wanted()


def test_a_branch_that_is_required(repo: Repo, files: dict[str, str | bytes], tmp_path: Path) -> None:
    repo.commit({**files, "deploy.yaml": f"{SETTINGS}    requires: {{branch: main}}\n"})
    with pytest.raises(SealwardError, match=r"origin/main, .* is not known here; fetch it"):
        wanted(check=True)
    repo.git("init", "--quiet", "--bare", str(tmp_path / "remote"))
    repo.git("remote", "add", "origin", str(tmp_path / "remote"))
    repo.git("push", "--quiet", "origin", "main")
    assert wanted(check=True) == ["keys"]
    repo.commit({"y": "y"})
    with pytest.raises(SealwardError, match="is not on origin/main; push it there first"):
        wanted(check=True)
    assert wanted() == ["keys"]


def test_without_a_commit(repo: Repo) -> None:
    with pytest.raises(SealwardError, match="there is no commit yet"):
        wanted()
