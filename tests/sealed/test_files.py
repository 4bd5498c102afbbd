"""The one walk over sealed files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.sealed.files import walk
from tests.support.examples import expand

if TYPE_CHECKING:
    from tests.support.repo import Repo

SEALED = expand("a: ENC[…]\nsops: …\n")


def test_sealed_files_are_found_and_exempt_ones_left_alone(repo: Repo) -> None:
    repo.commit({"a.yaml": SEALED, "b/c.yaml": SEALED, "plain.yaml": "a: b\n", "old.yaml": SEALED})
    repo.write(
        {".sealward.yaml": "exempt: [{path: old.yaml, reason: an example}]\n", "untracked.yaml": SEALED}
    )
    with Repository.around() as repository:
        assert [one.path for one in walk(repository)] == ["a.yaml", "b/c.yaml"]
        assert [one.path for one in walk(repository, ["old.yaml"])] == ["old.yaml"], "it is named"


@pytest.mark.parametrize(
    ("name", "message"), [("plain.yaml", "is not sealed"), ("none.yaml", "No such file")]
)
def test_a_named_file_must_be_there_and_sealed(repo: Repo, name: str, message: str) -> None:
    repo.commit({"plain.yaml": "a: b\n"})
    with Repository.around() as repository, pytest.raises(SealwardError, match=message):
        list(walk(repository, [name]))


def test_progress_goes_from_nothing_to_all(repo: Repo) -> None:
    repo.commit({"a.yaml": SEALED, "plain.yaml": "a: b\n"})
    drawn: list[tuple[int, int, str]] = []
    with Repository.around() as repository:
        list(walk(repository, progress=lambda *one: drawn.append(one)))
    assert drawn == [(0, 2, "a.yaml"), (1, 2, "plain.yaml"), (2, 2, "")]
