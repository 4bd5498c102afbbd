"""Places of what was read."""

from __future__ import annotations

from sealward.policies.tree import Places, Spot, Unreadable


def test_lines_and_columns_count_from_one() -> None:
    places = Places("ab\n\nc")
    assert [tuple(places.at(offset)) for offset in range(6)] == [
        (1, 1),
        (1, 2),
        (1, 3),
        (2, 1),
        (3, 1),
        (3, 2),
    ]


def test_an_error_says_where_in_one_line() -> None:
    assert str(Unreadable("is odd", Spot(3, 4))).startswith("3:4: is odd; ")
