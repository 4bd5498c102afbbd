"""A merge as git hands it over: the rule of HEAD counts, and what is not sealed is left to git."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.git import Repository
from sealward.merging.in_git import Asked, Versions, result_of, rule_of
from sealward.sops.reading.identities import find
from tests.support.merges import edited
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

PATH = "s.enc.yaml"


def test_the_rule_is_that_of_the_last_commit(repo: Repo, sealer: Sealer, tmp_path: Path) -> None:
    mallory = new_identity(tmp_path, "mallory")[0]
    repo.commit({".sops.yaml": sealer.rules()})
    repo.write({".sops.yaml": sealer.rules(mallory)})
    with Repository.around() as found:
        rule = rule_of(found, PATH)
        assert rule is not None
        assert {name for _, name in rule.recipients} == {sealer.recipient}
        base = sealer.seal(PATH, "a: one\n")
        theirs = sealer.seal(PATH, "a: theirs\n", sealer.rules(mallory))
        versions = Versions(PATH, base, edited(PATH, base, new="x"), theirs)
        refused = result_of(found, versions, find())
        assert refused.refusal is not None
        assert refused.is_marked
        assert not refused.is_clean
        assert mallory in str(refused.refusal)
        assert result_of(found, versions, find(), Asked(trusted=True)).is_clean


def test_what_is_not_sealed_is_merged_as_text(repo: Repo) -> None:
    repo.commit({"a": "x"})
    with Repository.around() as found:
        clean = result_of(found, Versions("a", b"1\n2\n3\n", b"0\n2\n3\n", b"1\n2\n4\n"), find({}))
        assert (clean.data, clean.is_clean) == (b"0\n2\n4\n", True)
        clash = result_of(found, Versions("a", b"1\n", b"2\n", b"3\n"), find({}))
        assert clash.is_marked
        assert not clash.is_clean


def test_what_git_cannot_merge_as_text_stays_ours(repo: Repo) -> None:
    repo.commit({"a": "x"})
    with Repository.around() as found:
        result = result_of(found, Versions("a", b"\0base", b"\0ours", b"\0theirs"), find({}))
        assert result.data == b"\0ours"
        assert not result.is_clean
        assert "neither side is sealed" in str(result.refusal)
