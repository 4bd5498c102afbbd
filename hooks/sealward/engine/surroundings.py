"""What stands around a file: settings, the creation rule that claims it, siblings, the baseline."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sealward import config
from sealward.claims.binding import NAMED
from sealward.claims.copy_names import decrypted_original, leftover_originals
from sealward.engine.copies import Copies
from sealward.finding import Finding, Place, Severity
from sealward.records import Record
from sealward.sealed.marks import are_sealed
from sealward.sealed.rules import RuleBook
from sealward.sops.format.creation_rules import FILE_NAMES, looser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.detectors.detect_secrets import Baseline
    from sealward.engine.sources import Source, Tree
    from sealward.sops.format.creation_rules import Rule


BASELINE = ".secrets.baseline"


class Around(Record):
    """One file's surroundings, as ``Context`` has them."""

    rule_before: Rule | None
    rule_path_before: str
    rule: Rule | None
    rule_path: str
    rules_file: str
    forced: bool
    sealed_sibling: str
    sibling_is_sealed: bool


class Surroundings:
    """Looks around in one tree. ``rules_path`` is a configuration that holds for all files."""

    def __init__(self, tree: Tree, rules_path: str | None = None) -> None:
        self.tree = tree
        self._rules_path = rules_path
        self._judge = tree.before or tree
        self.rules = RuleBook(tree.configuration, rules_path)
        self._rules_before = RuleBook(tree.before.configuration, rules_path) if tree.before else None
        self.settings = config.read(self._judge.configuration)
        self.copies = Copies(tree.beside)

    def of(self, source: Source) -> Around:
        """The surroundings of a file."""
        claiming, original = self.rules.claiming(source.path), self._original(source)
        copied = original or self.copies.original(source)
        before = self._rules_before.claiming(source.path) if self._rules_before else None
        return Around(
            rule_before=before.rule if before else None,
            rule_path_before=before.inside if before else "",
            rule=claiming.rule if claiming else None,
            rule_path=claiming.inside if claiming else source.path,
            rules_file=self._rules_path or (claiming.configuration.path if claiming else ""),
            forced=self.settings.must_be_sealed(source.path),
            sealed_sibling=copied,
            sibling_is_sealed=copied != original or (bool(original) and self._is_sealed(original)),
        )

    def problems(self, every: Iterable[str] | None = None) -> Iterator[Finding]:
        """What is wrong with the creation rules that were met and with the settings, once each."""
        yield from self._loosened()
        for pattern in self.settings.unused(every) if every is not None else ():
            yield Finding(
                rule="unused-setting",
                place=Place(config.FILE_NAME),
                message=f"the pattern {pattern!r} matches no tracked file",
                hint="is it a typing mistake? else take it out",
                severity=Severity.WARNING,
            )
        for path, error in sorted(self.rules.broken.items()):
            yield Finding(
                rule="broken-configuration",
                place=Place(path, error.line),
                message=error.reason,
                hint="fix it: every sops command fails on it",
            )

    def _loosened(self) -> Iterator[Finding]:
        """What a range of commits brings that judges less: it is judged by what was there before it."""
        if self.tree.before is None:
            return
        hint = "who merges it decides; until then it is judged by the settings from before"
        for clause in config.read(self.tree.configuration).looser_than(self.settings):
            yield Finding(
                rule="loosened-settings",
                place=Place(config.FILE_NAME),
                message=f"a setting of this range {clause}",
                hint=hint,
                severity=Severity.WARNING,
            )
        baselines = [tree.configuration(BASELINE) for tree in (self.tree.before, self.tree)]
        if baselines[1] is not None and baselines[0] != baselines[1]:
            message = "this range changes which findings count as known"
            yield Finding(
                rule="loosened-settings",
                place=Place(BASELINE),
                message=message,
                hint=hint,
                severity=Severity.WARNING,
            )
        yield from self._loosened_rules(hint)

    def _loosened_rules(self, hint: str) -> Iterator[Finding]:
        """The creation rules that a range takes away, in each folder whose configuration it touches."""
        if self.tree.before is None or self._rules_path:
            return
        touched = [path for path in self.tree.touched() if path.rpartition("/")[2] in FILE_NAMES]
        before = RuleBook(self.tree.before.configuration)
        after = RuleBook(self.tree.configuration)
        for folder, path in sorted({path.rpartition("/")[0]: path for path in touched}.items()):
            for clause in looser(before.of_folder(folder), after.of_folder(folder)):
                yield Finding(
                    rule="loosened-settings",
                    place=Place(path),
                    message=f"this range {clause}",
                    hint=hint,
                    severity=Severity.WARNING,
                )

    @cached_property
    def baseline(self) -> Baseline | None:
        """What the repository's ``.secrets.baseline`` says. Raises SealwardError where it is not one."""
        data = self._judge.configuration(BASELINE)
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
        data = self.tree.read(path)
        return data is not None and (NAMED.search(path) is not None or are_sealed(path, data))
