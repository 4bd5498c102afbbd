"""Secrets that files name where nobody re-pins them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.git import Repository
from sealward.sealed.files import sealed_files
from sealward.sealed.unsealed import Place, mentioned, pinned, users
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

MANIFEST = "image: x\nkey: vault:secret/data/bot#key#1\n"
ELSEWHERE = "a: vault:secret/data/bot#key#1\nb: ref+vault://secret/bot?namespace=prod&version=3#/key\n"


@pytest.fixture
def world(repo: Repo, sealer: Sealer) -> Repo:
    repo.commit(
        {
            "k8s/app.yaml": MANIFEST,
            "docs/x.md": MANIFEST,
            "s.enc.yaml": sealer.seal("s.enc.yaml", ELSEWHERE),
            "other.yaml": "nothing: here\n",
        }
    )
    return repo


def test_pins_of_manifests_and_not_of_prose(world: Repo) -> None:
    with Repository.around() as repository:
        assert pinned(repository) == [Place("k8s/app.yaml", 2, "secret/bot", 1)]


def test_every_line_that_names_a_rotated_secret(world: Repo) -> None:
    with Repository.around() as repository:
        sealed = list(sealed_files(repository, find()))
        found = mentioned(repository, sealed, [("secret", "bot")], but=())
        assert {(one.path, one.line, one.version) for one in found} == {
            ("k8s/app.yaml", 2, 1), ("docs/x.md", 2, 1), ("s.enc.yaml", 2, 3),
        }  # fmt: skip
        assert [one.path for one in users(found)] == ["k8s/app.yaml"]
        assert mentioned(repository, sealed, [], but=()) == []
        but = mentioned(repository, sealed, [("secret", "bot")], but=("k8s/app.yaml", "docs/x.md"))
        assert [one.where for one in but] == ["in the namespace prod"]


def test_the_last_commit_counts_while_a_file_is_edited(world: Repo) -> None:
    world.write({"k8s/app.yaml": "image: x\n"})
    with Repository.around() as repository:
        assert pinned(repository) == []
        found = mentioned(repository, [], [("secret", "bot")], but=("docs/x.md",), dirty={"k8s/app.yaml"})
        assert [(one.path, one.version) for one in found] == [("k8s/app.yaml", 1)]


def test_a_sealed_comment_that_names_the_secret_is_named(world: Repo, sealer: Sealer) -> None:
    text = (
        "# put aside: vault:secret/data/bot#key#1\na: b\n# of another: vault:secret/data/bots#key#1\nc: d\n"
    )
    world.commit({"c.enc.yaml": sealer.seal("c.enc.yaml", text)})
    with Repository.around() as repository:
        sealed = [one for one in sealed_files(repository, find()) if one.path == "c.enc.yaml"]
        found = mentioned(repository, sealed, [("secret", "bot")], but=("k8s/app.yaml", "docs/x.md"))
        assert found == [Place("c.enc.yaml", 1, "secret/bot", None)]
        assert users(found) == []
