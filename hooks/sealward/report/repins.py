"""Pins of Git beside those that a cluster's inventory has: for pull requests, where no value may be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.report.deployments import cell, pins_text
from sealward.terminal import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.deploy.inventory import Inventory
    from sealward.deploy.wanted import Wanted


class Repin(NamedTuple):
    """One key of a Secret, and its pins before and after; empty where there are none."""

    secret: str
    key: str
    before: str
    after: str


class Repins(NamedTuple):
    """What differs: keys, Secrets that are new, and those that Git no longer has."""

    target: str
    changes: tuple[Repin, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    total: int

    @classmethod
    def of(cls, target: str, wanted: Iterable[Wanted], held: Inventory) -> Repins:
        """Compare. Literals are in no inventory: whether they change is not seen."""
        secrets = list(wanted)
        return cls(
            target=target,
            changes=tuple(change for one in secrets for change in _changes(one, held)),
            new=tuple(one.id for one in secrets if one.id not in held.secrets),
            gone=tuple(sorted(set(held.secrets) - {one.id for one in secrets})),
            total=len(secrets),
        )

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return bool(self.changes or self.new or self.gone)

    def as_text(self) -> list[str]:
        """Lines for people."""
        lines = [f"{self.target}: pins alone; no value was read, and whether literals change is not seen"]
        lines += [f"secret/{name}: not deployed yet" for name in self.new]
        lines += [f"secret/{one.secret}: {one.key}  {_shown(one)}" for one in self.changes]
        lines += [f"secret/{name}: no longer in Git" for name in self.gone]
        return [*lines, self.summary]

    def as_markdown(self) -> list[str]:
        """A table for ``$GITHUB_STEP_SUMMARY``."""
        rows = [f"| secret/{cell(name)} | | not deployed yet |" for name in self.new]
        rows += [
            f"| secret/{cell(one.secret)} | {cell(one.key)} | {cell(_shown(one))} |" for one in self.changes
        ]
        rows += [f"| secret/{cell(name)} | | no longer in Git |" for name in self.gone]
        table = ["| object | key | pins |", "|---|---|---|", *rows, ""] if rows else []
        return [f"### sealward deploy: {cell(self.target)}", "", *table, self.summary]

    def as_data(self) -> dict[str, object]:
        """The same for machines."""
        return {
            "target": self.target,
            "differs": self.differs,
            "changes": [one._asdict() for one in self.changes],
            "new": list(self.new),
            "no_longer_in_git": list(self.gone),
        }

    @property
    def summary(self) -> str:
        """The last line."""
        if not self.differs:
            return f"{counted(self.total, 'Secret')}: pins as deployed"
        return f"{counted(len(self.changes), 'pin')} to change, {len(self.new)} new, {len(self.gone)} gone"


def _changes(one: Wanted, held: Inventory) -> Iterator[Repin]:
    before, after = held.secrets.get(one.id, {}), one.pins
    for key in sorted({*before, *after}):
        if before.get(key, "") != after.get(key, ""):
            yield Repin(one.id, key, before.get(key, ""), after.get(key, ""))


def _shown(one: Repin) -> str:
    return pins_text(one.before, one.after) if one.after else f"{one.before} → gone, or a literal"
