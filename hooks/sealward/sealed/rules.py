"""Which creation rule claims a file: the nearest configuration upwards, asked once a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.sops.format.creation_rules import FILE_NAMES, IGNORED, BrokenConfiguration, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealward.sops.format.creation_rules import Configuration, Rule


_REMEMBERED = 1 << 12
"""Folders. Files come in the order of their paths: what is forgotten is rarely asked for again."""


class Claiming(NamedTuple):
    """A rule that claims a file: its configuration, that file's bytes, and the path as the rule sees it."""

    configuration: Configuration
    data: bytes
    rule: Rule
    inside: str


class RuleBook:
    """The creation rules of one tree.

    ``read`` gives a file of the tree by its path from the top, or None; ``given`` is the path of a
    configuration that holds for all files (``--config``). ``broken`` collects, by path, the configurations
    that sops cannot use. Those that cannot be read claim nothing.
    """

    def __init__(self, read: Callable[[str], bytes | None], given: str | None = None) -> None:
        self._read = read
        self._given = _given(given) if given else None
        self._folders: dict[str, tuple[Configuration, bytes] | None] = {}
        self.broken: dict[str, BrokenConfiguration] = {}

    def claiming(self, path: str) -> Claiming | None:
        """The rule that claims a path from the tree's top; None where no rule does."""
        found = self._given or self._nearest(path.rpartition("/")[0])
        if found is None:
            return None
        configuration, data = found
        directory = configuration.directory
        inside = path.removeprefix(f"{directory}/") if directory else path
        rule = configuration.rule_for(inside)
        return None if rule is None else Claiming(configuration, data, rule, inside)

    def of_folder(self, folder: str) -> Configuration | None:
        """The rules that stand in a folder itself."""
        found = self._in(folder)
        return found[0] if found else None

    def _nearest(self, folder: str) -> tuple[Configuration, bytes] | None:
        if folder not in self._folders:
            found = self._in(folder)
            if found is None and folder:
                found = self._nearest(folder.rpartition("/")[0])
            if len(self._folders) >= _REMEMBERED:
                self._folders.clear()
            self._folders[folder] = found
        return self._folders[folder]

    def _in(self, folder: str) -> tuple[Configuration, bytes] | None:
        for name in FILE_NAMES:
            path = f"{folder}/{name}" if folder else name
            data = self._read(path)
            try:
                found = None if data is None else load(path, data)
            except BrokenConfiguration as error:
                self.broken[path] = error
                continue
            if found is not None and data is not None:
                if found.defects:
                    self.broken[path] = BrokenConfiguration(path, *found.defects[0])
                return found, data
        self._ignored(f"{folder}/{IGNORED}" if folder else IGNORED)
        return None

    def _ignored(self, path: str) -> None:
        """sops passes over a configuration of nearly the right name, and its rules are without effect."""
        data = self._read(path)
        if data is not None and b"creation_rules" in data:
            reason = "sops ignores this file: its name must be .sops.yaml (git mv it)"
            self.broken[path] = BrokenConfiguration(path, 1, reason)


def _given(path: str) -> tuple[Configuration, bytes]:
    """A configuration that the user names. Raises SealwardError."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        found = load("sops.yaml", data)
    except OSError as error:
        raise SealwardError(f"{path}: {error.strerror}", "name a SOPS configuration") from None
    except BrokenConfiguration as error:
        raise SealwardError(f"{path}:{error.line}: {error.reason}", "fix it: sops cannot use it") from None
    if found is None:
        raise SealwardError(f"{path} has no creation_rules", "name a SOPS configuration")
    return found, data
