"""What was merged is compared with the plan: value by value, and nothing encrypted comes into clear."""

from __future__ import annotations

import pytest

from sealward.document import parse
from sealward.merging.layout import body_of
from sealward.merging.side import Tokens, plain
from sealward.merging.verification import is_as_planned, planned


@pytest.mark.parametrize(
    ("text", "encrypted", "same"),
    [
        ("a: 1\nb: [x]\n", [True, False], True),
        ("a: 1\nb: [x]\n", [True, True], True),
        ("a: 1\nb: [x]\n", [False, False], False),
        ("a: 2\nb: [x]\n", [True, False], False),
        ('a: "1"\nb: [x]\n', [True, False], False),
        ("b: [x]\na: 1\n", [True, True], False),
        ("a: 1\nb: [x]\nc: 1\n", [True, False], False),
        ("a: 1\n", [True], False),
    ],
)
def test_a_plan_and_what_came_of_it(text: str, encrypted: list[bool], same: bool) -> None:
    wanted = plain("ours", parse("x.yaml", b"a: 1\nb:\n    - x\n"), Tokens(), [True, False])
    got = plain("ours", parse("x.yaml", text.encode()), Tokens(), encrypted)
    assert got.opened is not None
    assert is_as_planned(planned(body_of(wanted).roots), got.opened.values) is same
