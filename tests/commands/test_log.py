"""``sealward log``: what it lists is in tests/rotation/test_selection.py, after a run; here is the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.cli import main

if TYPE_CHECKING:
    import pytest

    from tests.support.openbao import Bao
    from tests.support.repo import Repo


def test_nothing_and_one_secret(repo: Repo, bao: Bao, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "--offline"]) == 0
    assert capsys.readouterr().out == "no rotation is known\n"
    repo.commit({"a": "1"})
    repo.git("commit", "--quiet", "--allow-empty", "-m", "Rotate\n\nSealward-Rotated: s/data-x#k 1 -> 2")
    assert main(["log", "--offline", "s/data-x"]) == 0
    assert "s/data-x#k  1 → 2  by Test  commit" in capsys.readouterr().out
    assert main(["log", "other/x", "--offline"]) == 0
    assert capsys.readouterr().out == "no rotation is known\n"


def test_a_secret_that_the_server_does_not_have(
    repo: Repo, bao: Bao, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["log", f"{bao.mount}/nothing"]) == 2
    assert "Vault has no secret" in capsys.readouterr().err
    assert main(["log", "x"]) == 2
