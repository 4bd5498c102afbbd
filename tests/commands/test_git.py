"""``sealward git``: settings that come and go, and never leave a merge without a driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.merges import run

if TYPE_CHECKING:
    import pytest

    from tests.support.repo import Repo
    from tests.support.sops import Sealer


def test_install_status_and_uninstall(repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit(
        {
            ".sops.yaml": sealer.rules(regex=r"\.enc\.yaml$"),
            "s.enc.yaml": sealer.seal("s.enc.yaml", "a: 1\n", sealer.rules()),
        }
    )
    repo.write({".gitattributes": "*.png binary\n"})
    assert run("git", "install", "--attributes") == 0
    assert "*.enc.yaml merge=sealward diff=sealward" in (repo.path / ".gitattributes").read_text()
    assert "merge-driver -- %O %A %B %L %P" in repo.git("config", "merge.sealward.driver")
    assert repo.git("config", "merge.sealward.recursive") == "binary\n"
    assert run("git", "install", "--attributes") == 0
    assert run("git", "status") == 0
    assert "merge driver: set" in capsys.readouterr().out
    repo.git("config", "diff.sealward.cachetextconv", "true")
    assert run("git", "status") == 1
    assert run("git", "uninstall", "--attributes") == 0
    assert (repo.path / ".gitattributes").read_text() == "*.png binary\n"
    assert "sealward" not in (repo.path / ".git" / "config").read_text()
    assert run("git", "uninstall") == 0
