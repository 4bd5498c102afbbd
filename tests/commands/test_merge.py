"""``sealward merge``, and git itself with the driver: what comes out opens with ``sops decrypt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.merges import Branches, edited, run

if TYPE_CHECKING:
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
