"""``sealward merge-driver``: whatever happens, git is not left with OURS as if it were merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.sops import program
from tests.support.merges import edited, run

if TYPE_CHECKING:
    import pytest

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

PATH = "s.enc.yaml"


def three(repo: Repo, sealer: Sealer) -> tuple[bytes, bytes, bytes]:
    base = sealer.seal(PATH, "a: one\nb: two\n")
    found = base, edited(PATH, base, a="ours"), edited(PATH, base, b="theirs")
    repo.write(dict(zip(("O", "A", "B"), found, strict=True)))
    return found


def test_the_result_takes_the_place_of_ours(repo: Repo, sealer: Sealer) -> None:
    three(repo, sealer)
    assert run("merge-driver", "O", "A", "B", "7", "a b/s.enc.yaml") == 0
    assert sealer.opened(PATH, (repo.path / "A").read_bytes()) == "a: ours\nb: theirs\n"


def test_a_conflict_is_marked(repo: Repo, sealer: Sealer) -> None:
    base, _, _ = three(repo, sealer)
    repo.write({"B": edited(PATH, base, a="theirs")})
    assert run("merge-driver", "O", "A", "B", "9", PATH) == 1
    assert b"<<<<<<<<< ours\na: ENC[" in (repo.path / "A").read_bytes()


def test_no_base(repo: Repo, sealer: Sealer) -> None:
    _, ours, _ = three(repo, sealer)
    repo.write({"O": b""})
    assert run("merge-driver", "O", "A", "B", "7", PATH) == 1
    repo.write({"A": ours, "B": edited(PATH, ours, c="x")})
    assert run("merge-driver", "O", "A", "B", "7", PATH) == 0


def test_what_could_not_be_tried_leaves_ours_alone(
    repo: Repo, sealer: Sealer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, ours, _ = three(repo, sealer)

    def fails(*_: object, **__: object) -> bytes:
        raise RuntimeError("hunter2")

    assert run("merge-driver", "O", "absent", "B", "7", PATH) >= 126
    monkeypatch.setattr(program, "find", lambda: "/nonexistent/sops")
    assert run("merge-driver", "O", "A", "B", "7", PATH) >= 126
    monkeypatch.setattr(program, "renewed", fails)
    assert run("merge-driver", "O", "A", "B", "7", PATH) >= 126
    assert (repo.path / "A").read_bytes() == ours
    assert "hunter2" not in capsys.readouterr().err


def test_a_version_that_was_tampered_with_is_not_merged(repo: Repo, sealer: Sealer) -> None:
    _, _, theirs = three(repo, sealer)
    repo.write({"B": theirs.replace(b"b: ENC", b"c: ENC")})
    assert run("merge-driver", "O", "A", "B", "7", PATH) in (1, 4)
