"""JSON objects of an API server, read without trust in their shape: what is not there is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json: TypeAlias = dict[str, object]
"""One object, as the API has it."""


def at(value: object, *steps: str) -> object:
    """What stands under these keys; None where nothing does."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def mapping(value: object, *steps: str) -> Json:
    """The object under these keys; an empty one where there is none."""
    found = at(value, *steps)
    return found if isinstance(found, dict) else {}


def items(value: object, *steps: str) -> Iterator[Json]:
    """The objects of the list under these keys."""
    found = at(value, *steps)
    yield from (one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))


def text(value: object, *steps: str) -> str:
    """The text under these keys; empty where there is none."""
    found = at(value, *steps)
    return found if isinstance(found, str) else ""


def number(value: object, *steps: str, otherwise: int = 0) -> int:
    """The whole number under these keys."""
    found = at(value, *steps)
    return found if isinstance(found, int) and not isinstance(found, bool) else otherwise


def texts(value: object, *steps: str) -> dict[str, str]:
    """The object under these keys, those of its values that are texts."""
    return {name: one for name, one in mapping(value, *steps).items() if isinstance(one, str)}


def without_empty(value: Mapping[str, object]) -> Json:
    """The same without what is empty."""
    return {name: one for name, one in value.items() if one not in ({}, [], "", None)}
