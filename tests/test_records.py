"""Records: named fields with values, equal by value."""

from __future__ import annotations

import pickle

from sealward.records import Record


class Point(Record):
    """Two numbers and a name."""

    x: int
    y: int = 0
    name: str = ""


class Other(Record):
    """The same fields, and another meaning."""

    x: int
    y: int = 0
    name: str = ""


def test_fields_are_given_in_order_or_by_name() -> None:
    assert Point(1, name="a") == Point(x=1, y=0, name="a")
    assert Point(1)._asdict() == {"x": 1, "y": 0, "name": ""}
    assert Point._fields == ("x", "y", "name")
    assert repr(Point(1)) == "Point(x=1, y=0, name='')"


def test_another_value_makes_another_record() -> None:
    one = Point(1)
    other = one._replace(y=2)
    assert (one.y, other.y, other.x) == (0, 2, 1)
    assert one != other
    assert len({one, other, Point(1), Point(1, 2)}) == 2


def test_kinds_are_not_equal() -> None:
    assert Point(1) != Other(1)
    assert Point(1) != (1, 0, "")


def test_a_process_can_send_one_to_another() -> None:
    assert pickle.loads(pickle.dumps(Point(1, 2))) == Point(1, 2)
