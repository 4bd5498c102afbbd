"""What a person reads and does after a rotation."""

from __future__ import annotations

import shlex

from sealward.report.rotations import as_data, describe, next_steps, told_of_left, told_of_old
from sealward.rotation.batch import Outcome
from sealward.rotation.retirement.revoking import Retired
from tests.report.records import ADOPTED, LEFT, OUTCOME, PLAN, RESUMED


def test_the_command_that_commits_is_one_that_a_shell_takes() -> None:
    told = "\n".join(next_steps(OUTCOME))
    command = next(one for one in told.split("; ") if one.startswith("git commit"))
    words = shlex.split(command)
    assert words[:3] == ["git", "commit", "-m"]
    assert words[4:] == ["--", "a.enc.yaml", "b c.enc.yaml"]


def test_who_retires_by_a_program_is_not_sent_to_revoke() -> None:
    retiring = RESUMED._replace(target=RESUMED.target._replace(grace=60))
    assert "revoke the old value" in "\n".join(next_steps(Outcome((PLAN,), ())))
    assert "revoke the old value" not in "\n".join(next_steps(Outcome((retiring,), ())))


def test_without_a_changed_file_there_is_nothing_to_commit() -> None:
    assert next_steps(Outcome((PLAN._replace(files=()),), ())) == [
        "0 files re-pinned; the old versions stay in Vault"
    ]


def test_programs_are_shown_before_they_run_and_not_after() -> None:
    assert "runs     verify: ./try" in describe(PLAN, done=False)
    assert "runs" not in describe(PLAN, done=True)


def test_what_was_resumed_and_what_was_adopted_are_told_apart() -> None:
    flags = [(one["resumed"], one["adopted"]) for one in as_data(OUTCOME, done=True)["rotated"]]
    assert flags == [(False, False), (True, False), (False, True)]
    assert "younger than the pin" in describe(ADOPTED, done=True)


def test_nothing_to_say_of_old_values_and_other_places() -> None:
    assert told_of_old(Retired(), done=True) == []
    assert told_of_left((), done=True) == []
    assert told_of_left(LEFT, done=True)[-1].startswith("look at these")
