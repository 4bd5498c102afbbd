"""What stands around a file: settings, the creation rule that claims it, siblings, the baseline."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sealward import config
from sealward.claims.binding import NAMED
from sealward.claims.copies import decrypted_original, leftover_originals
from sealward.finding import Finding, Place
from sealward.sealed.marks import are_sealed
from sealward.sealed.rules import RuleBook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.detectors.detect_secrets import Baseline
    from sealward.engine.sources import Source, Tree
    from sealward.sops.format.creation_rules import Rule


class Around(NamedTuple):
    """One file's surroundings, as ``Context`` has them."""

    rule: Rule | None
    rule_path: str
    rules_file: str
    forced: bool
    sealed_sibling: str
    sibling_is_sealed: bool


class Surroundings:
    """Looks around in one tree. ``rules_path`` is a configuration that holds for all files."""

    def __init__(self, tree: Tree, rules_path: str | None = None) -> None:
        self._tree = tree
        self._rules_path = rules_path
        self.rules = RuleBook(tree.read, rules_path)
        data = tree.read(config.FILE_NAME)
        self.settings = config.DEFAULT if data is None else config.load(config.FILE_NAME, data)

    def of(self, source: Source) -> Around:
        """The surroundings of a file."""
        claiming, original = self.rules.claiming(source.path), self._original(source)
        return Around(
            rule=claiming.rule if claiming else None,
            rule_path=claiming.inside if claiming else source.path,
            rules_file=self._rules_path or (claiming.configuration.path if claiming else ""),
            forced=self.settings.must_be_sealed(source.path),
            sealed_sibling=original,
            sibling_is_sealed=bool(original) and self._is_sealed(original),
        )

    def problems(self) -> Iterator[Finding]:
        """What is wrong with the creation rules that were met, once each."""
        for path, error in sorted(self.rules.broken.items()):
            yield Finding(
                rule="broken-configuration",
                place=Place(path, error.line),
                message=error.reason,
                hint="fix it: every sops command fails on it",
            )

    @cached_property
    def baseline(self) -> Baseline | None:
        """What the repository's ``.secrets.baseline`` says. Raises SealwardError where it is not one."""
        data = self._tree.read(".secrets.baseline")
        if data is None:
            return None
        from sealward.detectors.detect_secrets import Baseline

        return Baseline(data)

    def _original(self, source: Source) -> str:
        """The sealed file that a source is a copy of, going by its name."""
        named = decrypted_original(source.path)
        if named is not None:
            return named if source.data.strip() else ""
        return next(filter(self._is_sealed, leftover_originals(source.path)), "")

    def _is_sealed(self, path: str) -> bool:
        """Whether a file is there, and sealed or promised to be."""
        data = self._tree.read(path)
        return data is not None and (NAMED.search(path) is not None or are_sealed(path, data))
