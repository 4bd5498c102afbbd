"""YAML with places: values of a small file, each refused at its own line and column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.errors import SealwardError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import yaml

LARGEST = 1 << 18
"""Bytes of a policy file; people write it."""

HINT = "docs/rotation-policy.md shows every setting"
_DURATION = re.compile(r"([1-9][0-9]{0,4})([smhdw])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_KINDS = {
    "str": "text",
    "int": "a whole number",
    "bool": "true or false",
    "seq": "a list",
    "map": "a mapping",
}


class Reader:
    """Reads nodes of one file, which messages call ``path``; ``hint`` says where its settings are shown."""

    def __init__(self, path: str, hint: str = HINT) -> None:
        self.path = path
        self.hint = hint

    def root(self, data: bytes) -> yaml.Node | None:
        """The top node; None for an empty file. Raises SealwardError where it is no YAML of sane size."""
        import yaml

        if len(data) > LARGEST:
            raise SealwardError(f"{self.path} is larger than {LARGEST >> 10} KiB", self.hint)
        try:
            return yaml.compose(data, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
            raise SealwardError(f"{self.path}{place}: not valid YAML: {error.problem}", "fix it") from None
        except (yaml.YAMLError, RecursionError, ValueError):
            raise SealwardError(f"{self.path} is not valid YAML", "fix it") from None

    def wrong(self, node: yaml.Node, reason: str, hint: str = "") -> SealwardError:
        """The error for a node: ``path:line:column: reason``."""
        mark = node.start_mark
        return SealwardError(f"{self.path}:{mark.line + 1}:{mark.column + 1}: {reason}", hint or self.hint)

    def mapping(
        self, node: yaml.Node, what: str, known: Iterable[str] = ()
    ) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Name → (key node, value node). ``known`` names all there may be (empty: any)."""
        self._expect(node, "map", what)
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        names = list(known)
        for key, value in node.value:
            name = self.text(key, f"a name in {what}")
            if name in found:
                raise self.wrong(key, f"{name!r} is there twice in {what}", "keep one of them")
            if names and name not in names:
                hint = did_you_mean(name, names, f"there are: {', '.join(names)}")
                raise self.wrong(key, f"{what} has no setting {name!r}", hint)
            found[name] = (key, value)
        return found

    def text(self, node: yaml.Node, what: str, pattern: str = r"[^\0]+") -> str:
        """A text that matches all of ``pattern``."""
        self._expect(node, "str", what)
        value: str = node.value
        if not re.fullmatch(pattern, value, re.ASCII | re.DOTALL):
            raise self.wrong(node, f"{value[:80]!r} will not do as {what}")
        return value

    def number(self, node: yaml.Node, what: str) -> int:
        """A whole number that is not negative, in decimal digits."""
        self._expect(node, "int", what)
        if not re.fullmatch(r"0|[1-9][0-9]{0,8}", node.value, re.ASCII):
            raise self.wrong(node, f"{what} must be a whole number, such as 40")
        return int(node.value)

    def flag(self, node: yaml.Node, what: str) -> bool:
        """``true`` or ``false``."""
        self._expect(node, "bool", what)
        return str(node.value).lower() in ("true", "yes", "on")

    def duration(self, node: yaml.Node, what: str) -> int:
        """``90s``, ``30m``, ``1h``, ``7d``, ``2w`` → seconds."""
        match = _DURATION.fullmatch(node.value) if isinstance(node.value, str) else None
        if match is None:
            raise self.wrong(node, f"{what} must be a duration", "such as 90s, 30m, 1h, 7d or 2w")
        return int(match[1]) * _SECONDS[match[2]]

    def texts(self, node: yaml.Node, what: str, pattern: str = r"[^\0]+") -> tuple[str, ...]:
        """A list of at least one text, none of them twice."""
        items = self.items(node, what, lambda item: self.text(item, f"an entry of {what}", pattern))
        if len(set(items)) != len(items):
            raise self.wrong(node, f"{what} names something twice", "keep one of them")
        return items

    def items(self, node: yaml.Node, what: str, read: Callable[[yaml.Node], str]) -> tuple[str, ...]:
        """A list of at least one entry, each read by ``read``."""
        self._expect(node, "seq", what)
        if not node.value:
            raise self.wrong(node, f"{what} is empty")
        return tuple(read(item) for item in node.value)

    def _expect(self, node: yaml.Node, kind: str, what: str) -> None:
        if node.tag != f"tag:yaml.org,2002:{kind}":
            raise self.wrong(node, f"{what} must be {_KINDS[kind]}")
