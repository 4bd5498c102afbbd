"""Without a terminal nobody is asked: a secret that was named needs no yes, all else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.commands.consent import allow_programs, confirm
from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.rotation.programs import Program, Review, Role
from tests.report.records import PLAN, TARGET

if TYPE_CHECKING:
    from tests.support.repo import Repo


def test_what_was_not_named_needs_a_yes() -> None:
    confirm([PLAN], named=True)
    with pytest.raises(SealwardError, match=r"2 secrets to rotate, and no terminal to ask on; add --yes"):
        confirm([PLAN, PLAN], named=False)


def test_a_program_that_nobody_reviewed_needs_a_yes(repo: Repo) -> None:
    repo.commit({"README": "x"})
    with Repository.around() as around:
        review = Review(around)
        allow_programs(review, [PLAN], by_hand=None, yes=True)
        with pytest.raises(SealwardError, match=r"runs a program that is not so on .*: verify: ./try"):
            allow_programs(review, [PLAN], by_hand=None, yes=False)


def test_a_generator_from_the_command_line_was_named_by_the_user(repo: Repo) -> None:
    repo.commit({"README": "x"})
    make = Program(Role.GENERATE, ("./make",))
    plan = PLAN._replace(target=TARGET._replace(programs=(make,)))
    with Repository.around() as around:
        allow_programs(Review(around), [plan], by_hand="exec:./make", yes=False)
        with pytest.raises(SealwardError, match=r"generate: \./make"):
            allow_programs(Review(around), [plan], by_hand=None, yes=False)


def test_without_programs_there_is_nothing_to_ask(repo: Repo) -> None:
    repo.commit({"README": "x"})
    plan = PLAN._replace(target=TARGET._replace(programs=()))
    with Repository.around() as around:
        allow_programs(Review(around), [plan], by_hand=None, yes=False)
