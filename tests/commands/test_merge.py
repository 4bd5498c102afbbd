"""``sealward merge``, and git itself with the driver: what comes out opens with ``sops decrypt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.merges import Branches, edited, run

if TYPE_CHECKING:
    import pytest

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

BOTH = "db:\n    host: two\n    port: 1\n    user: you\nlast: x\n"


def forked(repo: Repo, sealer: Sealer) -> Branches:
    made = Branches(repo, sealer)
    made.fork(edited(made.path, made.base, db__host="two"), edited(made.path, made.base, db__user="you"))
    return made


def test_git_merges_by_the_driver(repo: Repo, sealer: Sealer) -> None:
    made = forked(repo, sealer)
    made.drive()
    print(repo.git("merge", "--no-edit", "other"))
    assert made.opened() == BOTH
    assert repo.git("status", "--porcelain") == ""


def test_a_conflict_is_merged_from_the_index(repo: Repo, sealer: Sealer) -> None:
    made = forked(repo, sealer)
    assert "CONFLICT" in repo.git("merge", "--no-edit", "other", check=False)
    assert run("merge") == 0
    assert made.opened() == BOTH
    assert repo.git("status", "--porcelain") == "M  s.enc.yaml\n"


def test_what_both_changed_stays_a_question(repo: Repo, sealer: Sealer) -> None:
    made = Branches(repo, sealer)
    ours = edited(made.path, made.base, db__host="two", last="end")
    made.fork(ours, edited(made.path, made.base, db__host="three"))
    made.drive()
    print(repo.git("merge", "--no-edit", "other", check=False))
    print(made.lying.decode()[:2000])
    assert run("merge") == 1
    assert run("merge", "--theirs", "db.host") == 0
    assert made.opened() == "db:\n    host: three\n    port: 1\n    user: me\nlast: end\n"


def test_markers_settled_by_hand_are_finished(repo: Repo, sealer: Sealer) -> None:
    made = Branches(repo, sealer)
    made.fork(edited(made.path, made.base, db__host="two"), edited(made.path, made.base, db__host="three"))
    made.drive()
    repo.git("merge", "--no-edit", "other", check=False)
    assert run("merge", "--continue") == 1
    lines = made.lying.decode().split("\n")
    begin, middle, end = (
        next(n for n, x in enumerate(lines) if x.startswith(m)) for m in ("<<<", "===", ">>>")
    )
    text = "\n".join([*lines[:begin], *lines[middle + 1 : end], *lines[end + 1 :]])
    repo.write({made.path: text})
    assert run("merge", "--continue") == 0
    assert "host: three" in made.opened()


def test_what_one_side_deleted_is_said_and_left(
    repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Branches(repo, sealer)
    repo.git("checkout", "--quiet", "-b", "other")
    repo.git("rm", "--quiet", made.path)
    repo.git("commit", "--quiet", "--no-verify", "--message", "gone")
    repo.git("checkout", "--quiet", "main")
    repo.commit({made.path: edited(made.path, made.base, last="end")})
    repo.git("merge", "other", check=False)
    assert run("merge") == 1
    told = capsys.readouterr()
    assert "one side deleted it" in told.err
    assert "no sealed file" not in told.out


def test_a_key_that_nothing_conflicts_at_is_named(
    repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Branches(repo, sealer)
    made.fork(edited(made.path, made.base, db__host="two"), edited(made.path, made.base, db__host="three"))
    repo.git("merge", "other", check=False)
    before = made.lying
    assert run("merge", "--dry-run", "--theirs", "db.host") == 0
    assert made.lying == before
    assert run("merge", "--dry-run", "--theirs", "db.hots") == 1
    assert "nothing is in conflict at db.hots" in capsys.readouterr().err
    assert run("merge", "--format", "json", "--theirs", "db.host") == 0
    assert '"state": "merged"' in capsys.readouterr().out


def test_nothing_is_in_conflict(repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]) -> None:
    Branches(repo, sealer)
    assert run("merge") == 0
    assert capsys.readouterr().out == "no sealed file is in conflict\n"
    assert run("merge", "absent") == 2
