"""What is shown of a survey, and in which order."""

from __future__ import annotations

from typing import Any

from sealward.status.choice import URGENCY, Choice
from sealward.status.standing import Standing
from sealward.status.survey import Survey

DAY, NOW = 86400, 100 * 86400.0


def standing(name: str, age: int | None, policy: str = "p", **fields: Any) -> Standing:
    every = 10 * DAY if policy else None
    created = None if age is None else NOW - age * DAY
    one = Standing("a.enc.yaml", 1, name, NOW, secret="secret/x", key="k", created=created)
    return one._replace(policy=policy, every=every, **fields)


SURVEY = Survey(
    standings=(
        standing("young", 1),
        standing("old", 30),
        standing("older", 50, "q"),
        standing("gone", 1, gone=True),
        standing("soon", 9),
        standing("free", 90, ""),
        standing("unknown", None),
    ),
    closed=(),
    unseen=(),
)


def names(choice: Choice) -> list[str]:
    return [one.key_path for one in choice.of(SURVEY).standings]


def test_nothing_is_left_out_or_moved_by_itself() -> None:
    assert Choice().of(SURVEY) == SURVEY
    assert not Choice().is_narrow


def test_the_most_urgent_comes_first() -> None:
    assert names(Choice(order="urgency")) == ["gone", "older", "old", "soon", "unknown", "young", "free"]


def test_what_is_overdue_and_what_one_policy_governs() -> None:
    assert names(Choice(due=True)) == ["old", "older", "gone"]
    assert names(Choice(policy="q")) == ["older"]
    assert names(Choice(due=True, policy="p", order="urgency")) == ["gone", "old"]


def test_every_state_has_its_urgency() -> None:
    import typing

    from sealward.status.standing import State

    assert sorted(URGENCY) == sorted(typing.get_args(State))
