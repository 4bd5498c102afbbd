"""A merge under way, as git has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.git import Repository
from sealward.git.merging import text_merge

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repo import Repo


def test_the_three_versions_of_a_path(repo: Repo) -> None:
    repo.commit({"a b": "1\n", "kept": "x\n"})
    repo.git("checkout", "-q", "-b", "other")
    repo.commit({"a b": "2\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"a b": "3\n"})
    with Repository.around() as found:
        assert found.in_conflict() == []
        repo.git("merge", "other", check=False)
        (one,) = found.in_conflict()
        assert one.path == "a b"
        assert [found.blob(name) for name in (one.base, one.ours, one.theirs)] == [b"1\n", b"3\n", b"2\n"]
        repo.write({"a b": "4\n"})
        found.recreate_conflict("a b")
        assert "<<<<<<<" in (repo.path / "a b").read_text()
        repo.write({"a b": "4\n"})
        found.add("a b")
        assert found.in_conflict() == []


def test_settings_come_and_go(repo: Repo) -> None:
    with Repository.around() as found:
        found.set_setting("merge.sealward.name", "x", "--local")
        assert found.setting("merge.sealward.name") == "x"
        assert found.has_section("merge.sealward")
        assert found.remove_section("merge.sealward", "--local")
        assert not found.remove_section("merge.sealward", "--local")
        assert not found.has_section("merge.sealward")
        assert not found.has_ref("refs/notes/textconv/sealward")
        repo.commit({".gitattributes": "*.x merge=sealward\n", "a.x": ""})
        assert found.has_attribute("merge", "sealward")
        assert not found.has_attribute("merge", "other")


def test_texts_are_merged_as_git_does(tmp_path: Path) -> None:
    for name, text in (("-b", "1\n2\n3\n"), ("-o", "0\n2\n3\n"), ("-t", "9\n2\n4\n")):
        (tmp_path / name).write_text(text)
    names = [str(tmp_path / name) for name in ("-b", "-o", "-t")]
    assert text_merge(names[0], names[1], names[2], 9)[0].count(b"<<<<<<<<< ours") == 1
