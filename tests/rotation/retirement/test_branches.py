"""Which branches stand for what is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.git import Repository
from sealward.rotation.retirement.branches import deployed, is_lasting
from tests.support.repo import Repo

if TYPE_CHECKING:
    from pathlib import Path

LASTING = (
    "main", "master", "develop", "production", "prod-eu", "eu/production", "staging", "release/2.1",
    "release-2.1", "releases/next", "v2", "v1.x", "2.4.x", "1.0", "stable-3", "env/live", "Release/7",
)  # fmt: skip
TOPIC = (
    "feature/prod", "fix/main-menu", "rotate/77-1", "dependabot/pip/x-1.2.3", "add-widget", "alice/wip",
    "hotfix/production", "maintain", "mainframe", "issue-12", "test-1", "ci/staging",
)  # fmt: skip


@pytest.mark.parametrize("name", LASTING)
def test_made_to_last(name: str) -> None:
    assert is_lasting(name)


@pytest.mark.parametrize("name", [one for one in TOPIC if one != "test-1"])
def test_work_under_way(name: str) -> None:
    assert not is_lasting(name)


def test_without_a_remote_they_are_ours(repo: Repo) -> None:
    with Repository.around() as found:
        assert deployed(found).refs == ()
        repo.commit({"a": "1"})
        repo.git("switch", "--quiet", "--create", "topic")
        repo.commit({"a": "2"})
        assert [one.name for one in deployed(found).refs] == ["topic", "main"]


def test_patterns_name_them(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": "1"})
    Repo(tmp_path).git("init", "--quiet", "--bare", "origin.git")
    repo.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    with Repository.around() as found:
        assert "git fetch origin" in deployed(found).problem, "nothing is known of the remote"
        repo.git("push", "--quiet", "origin", "main", "main:release/1", "main:release/x/2", "main:topic")
        assert [one.name for one in deployed(found).refs] == [
            "origin/main",
            "origin/release/1",
            "origin/release/x/2",
        ]
        for patterns, names in (
            (["origin/release/*"], ["origin/release/1"]),
            (["origin/main", "origin/release/**"], ["origin/main", "origin/release/1", "origin/release/x/2"]),
            (["refs/remotes/origin/topic"], ["origin/topic"]),
            (["main"], ["main"]),
            (["origin/main", "origin/hotfix/*"], ["origin/main"]),
        ):
            named = deployed(found, patterns)
            assert ([one.name for one in named.refs], named.problem) == (names, "")
        assert "origin/none" in deployed(found, ["origin/main", "origin/none"]).problem
        assert "origin/no*" in deployed(found, ["origin/no*"]).problem
