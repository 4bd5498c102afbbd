"""JSON read without trust in its shape."""

from __future__ import annotations

from sealward.deploy import shape


def test_what_is_not_there_is_empty() -> None:
    bodies: list[object] = [None, 3, [], {"a": None}, {"a": 3}, {"a": []}]
    for body in bodies:
        assert shape.mapping(body, "a", "b") == {}
        assert list(shape.items(body, "a", "b")) == []
        assert shape.text(body, "a", "b") == ""
        assert shape.texts(body, "a") == {}
        assert shape.number(body, "a", "b", otherwise=4) == 4


def test_what_is_there_is_given() -> None:
    body = {"a": {"b": "c", "n": 3, "t": True, "l": [{"x": "1"}, 2]}}
    assert shape.text(body, "a", "b") == "c"
    assert (shape.number(body, "a", "n"), shape.number(body, "a", "t")) == (3, 0)
    assert list(shape.items(body, "a", "l")) == [{"x": "1"}]
    assert shape.texts(body, "a") == {"b": "c"}
    assert shape.without_empty({"a": {}, "b": "", "c": 0}) == {"c": 0}
