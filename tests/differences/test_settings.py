"""How much diffs show is the user's to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.differences.masking import View
from sealward.differences.settings import view_of
from sealward.git import Repository

if TYPE_CHECKING:
    from tests.support.repo import Repo


def test_the_environment_and_then_git(repo: Repo) -> None:
    with Repository.around() as found:
        assert view_of(found, {}) is View.REFERENCES
        repo.git("config", "sealward.diff", "masked")
        assert view_of(found, {}) is View.MASKED
        assert view_of(found, {"SEALWARD_DIFF": "Values"}) is View.VALUES
        assert view_of(found, {"SEALWARD_DIFF": "everything"}) is View.REFERENCES
        assert view_of(None, {}) is View.REFERENCES
