"""The nearest configuration upwards claims a file; a broken one claims nothing, and is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.sealed.rules import RuleBook

if TYPE_CHECKING:
    from pathlib import Path

AGE = "age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw"


def rules(path_regex: str = ".*") -> bytes:
    return f"creation_rules:\n  - path_regex: {path_regex}\n    age: {AGE}\n".encode()


def claimed(files: dict[str, bytes], path: str) -> tuple[str, str] | None:
    found = RuleBook(files.get).claiming(path)
    return found and (found.configuration.path, found.inside)


@pytest.mark.parametrize(
    ("files", "path", "found"),
    [
        ({".sops.yaml": rules()}, "a.yaml", (".sops.yaml", "a.yaml")),
        ({".sops.yaml": rules()}, "x/y/a.yaml", (".sops.yaml", "x/y/a.yaml")),
        ({".sops.yaml": rules(), "x/.sops.yaml": rules()}, "x/y/a.yaml", ("x/.sops.yaml", "y/a.yaml")),
        ({"sops.yaml": rules()}, "a.yaml", ("sops.yaml", "a.yaml")),
        ({"sops.yaml": rules(), ".sops.yaml": rules()}, "a.yaml", (".sops.yaml", "a.yaml")),
        ({".sops.yaml": rules("^b")}, "a.yaml", None),
        ({".sops.yaml": rules(), "x/.sops.yaml": rules("^b")}, "x/a.yaml", None),
        ({}, "a.yaml", None),
    ],
)
def test_the_nearest_configuration(files: dict[str, bytes], path: str, found: tuple[str, str] | None) -> None:
    assert claimed(files, path) == found


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        (".sops.yaml", b"creation_rules: [\n", "YAML"),
        (".sops.yml", rules(), "its name must be .sops.yaml"),
    ],
)
def test_what_sops_cannot_use_is_remembered(name: str, data: bytes, reason: str) -> None:
    book = RuleBook({name: data}.get)
    assert book.claiming("a.yaml") is None
    assert list(book.broken) == [name]
    assert reason in book.broken[name].reason


def test_each_folder_is_asked_once() -> None:
    asked: list[str] = []

    def read(path: str) -> bytes | None:
        asked.append(path)
        return rules() if path == ".sops.yaml" else None

    book = RuleBook(read)
    for number in range(5):
        assert book.claiming(f"x/{number}.yaml") is not None
    assert len(asked) == len(set(asked))


def test_a_configuration_that_is_given_holds_for_all(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_bytes(rules())
    book = RuleBook({".sops.yaml": rules("^none")}.get, str(tmp_path / "other.yaml"))
    found = book.claiming("deep/a.yaml")
    assert found is not None
    assert found.inside == "deep/a.yaml"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (None, "No such file"),
        (b"creation_rules: [", "cannot use it"),
        (b"stores: {}\n", "has no creation_rules"),
    ],
)
def test_a_given_configuration_must_be_one(tmp_path: Path, data: bytes | None, told: str) -> None:
    if data is not None:
        (tmp_path / "other.yaml").write_bytes(data)
    with pytest.raises(SealwardError, match=told):
        RuleBook(lambda _: None, str(tmp_path / "other.yaml"))
