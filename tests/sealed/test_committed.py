"""What the last commit has of a file: sealing and pins anew are no edits, other values are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.git import Repository
from sealward.sealed.committed import Committed
from sealward.sealed.files import sealed_files
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

TEXT = "a: vault:secret/data/x#k#1\nb: plain\n"


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        (TEXT, False),
        (TEXT.replace("#1", "#2"), False),
        (TEXT.replace("plain", "other"), True),
        (TEXT.replace("data/x", "data/y"), True),
        (TEXT + "c: more\n", True),
    ],
    ids=["sealed anew", "pin", "value", "secret", "key"],
)
def test_what_counts_as_an_edit(repo: Repo, sealer: Sealer, text: str, edited: bool) -> None:
    repo.commit({"s.enc.yaml": sealer.seal("s.enc.yaml", TEXT)})
    repo.write({"s.enc.yaml": sealer.seal("s.enc.yaml", text)})
    with Repository.around() as repository:
        last = Committed(repository, find())
        [sealed] = sealed_files(repository, last.identities)
        assert last.dirty == {"s.enc.yaml"}
        assert last.edited([sealed]) == ({"s.enc.yaml"} if edited else set())
        assert last.version(sealed).data != sealed.data


def test_a_clean_or_an_unreadable_version_is_the_file_itself(repo: Repo, sealer: Sealer) -> None:
    repo.commit({"s.enc.yaml": "not sealed yet", "t.enc.yaml": sealer.seal("t.enc.yaml", TEXT)})
    repo.write({"s.enc.yaml": sealer.seal("s.enc.yaml", TEXT)})
    with Repository.around() as repository:
        last = Committed(repository, find())
        first, second = sealed_files(repository, last.identities)
        assert last.version(first) is first
        assert last.version(second) is second
