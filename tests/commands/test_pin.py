"""`sealward pin`: back to a version, or to the newest; and only to one that works."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from tests.support.rotations import Trio

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.fixture
def trio(repo: Repo, sealer: Sealer, bao: Bao) -> Trio:
    """Version 2 of the secret `two` is in Vault, and both files pin version 1."""
    made = Trio(repo, sealer, bao)
    bao.put("bot/two", key="second value", other="kept")
    return made


def pin(trio: Trio, *words: str, name: str = "two") -> int:
    return main(["pin", f"{trio.bao.mount}/bot/{name}", *words])


def test_to_the_newest_and_back(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    assert pin(trio, "newest", "--dry-run") == 0
    assert "a.enc.yaml  two  pin 1 → 2" in capsys.readouterr().out
    assert trio.pins()["two"] == {1}
    assert pin(trio, "newest", "--commit") == 0
    assert trio.pins()["two"] == {2}
    assert trio.pins()["one"] == {1}, "another secret in the same file"
    assert trio.repo.git("status", "--porcelain") == ""
    assert trio.repo.git("log", "-1", "--format=%s").strip() == f"Pin {trio.bao.mount}/bot/two to version 2"
    capsys.readouterr()
    assert pin(trio, "1", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {(one["file"], one["from"], one["to"]) for one in found["pinned"]} == {
        ("a.enc.yaml", 2, 1),
        ("b.enc.yaml", 2, 1),
    }
    assert trio.pins()["two"] == {1}
    assert trio.versions()["two"] == 2, "nothing is written to the secret"


def test_where_everything_is_so_already(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    assert pin(trio, "1", "--commit") == 0
    assert "everything pins version 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("entry", "version", "reason"),
    [
        ({}, "7", "Vault has no version 7"),
        ({"sealward-retired-2": "2026-01-31T12:00:00Z"}, "2", "was revoked"),
        ({"sealward-rejected-2": "2 after 1: key"}, "2", "was rejected"),
        ({"sealward-rejected": "2 after 1: key"}, "2", "was rejected"),
    ],
)
def test_a_version_that_does_not_work(
    trio: Trio, entry: dict[str, str], version: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trio.bao.client.annotate(trio.bao.mount, "bot/two", {**entry, "owner": "team"})
    assert pin(trio, version) == 2
    assert reason in capsys.readouterr().err
    assert trio.pins()["two"] == {1}


def test_a_version_that_lacks_a_key(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """The classic slip: `put` where `patch` was meant."""
    where = f"{trio.bao.mount}/data/bot/three"
    trio.bao.client.transport.request("post", where, json={"data": {"key": "alone"}})
    assert pin(trio, "2", name="three") == 2
    assert "has no key 'other'" in capsys.readouterr().err


def test_a_file_with_changes_of_ones_own(trio: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    text = trio.sealer.seal("b.enc.yaml", f"copy: vault:{trio.bao.mount}/data/bot/two#key#1\nmine: x\n")
    trio.repo.write({"b.enc.yaml": text})
    assert pin(trio, "2") == 2
    assert "b.enc.yaml has uncommitted changes" in capsys.readouterr().err
    assert trio.pins()["two"] == {1}
