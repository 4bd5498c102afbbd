"""For whom a data key would be wrapped that the last commit did not have: named, and asked for, beforehand.

SOPS authenticates no recipient. A stanza can be written into a file by anybody, a rule is a file of the work
tree; whoever is wrapped for can read the file from then on. And an age plugin is a program: its recipient
``age1NAME1…`` starts ``age-plugin-NAME``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from sealward.allowed import Allowed
from sealward.document import parse
from sealward.sealed.rules import RuleBook
from sealward.sops.format.creation_rules import groups_of
from sealward.sops.format.metadata import Metadata
from sealward.sops.format.recipients import plugin_of, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sealward.git import Repository
    from sealward.reencryption.resealing import Intent
    from sealward.sops.format.creation_rules import Recipient
    from sealward.sops.reading.identities import Identities

ALLOWED = "sealward-allowed-recipients"
"""The file in the git directory with the hashes of the recipients that somebody said yes to."""


class Newcomer(NamedTuple):
    """A recipient to ask for: the files to be wrapped for them, and the age plugin that this starts."""

    recipient: Recipient
    paths: tuple[str, ...]
    plugin: str

    def __str__(self) -> str:
        """One line for people."""
        kind, name = self.recipient
        where = self.paths[0] if len(self.paths) == 1 else f"{self.paths[0]} and {len(self.paths) - 1} more"
        starts = f"  (starts age-plugin-{self.plugin})" if self.plugin else ""
        return f"{kind} {whole(name)}  for {where}{starts}"


class Trust:
    """Knows for whom the last commit's files and rules are, and whom a person allowed."""

    def __init__(self, repository: Repository, dirty: set[str], identities: Identities) -> None:
        self._read = repository.read
        self._dirty = dirty
        self._own = identities.plugins
        self._rules = RuleBook(lambda path: repository.read(f"HEAD:{path}"))
        self._allowed = Allowed(repository.private(ALLOWED))

    def newcomers(self, intents: Iterable[Intent]) -> list[Newcomer]:
        """Everybody whom the intents would wrap for, and who is neither of the last commit nor allowed."""
        allowed = self._allowed.hashes()
        found: dict[Recipient, list[str]] = {}
        for intent in intents:
            known = self._known(intent) if intent.wraps else frozenset()
            for one in intent.wraps:
                if (one not in known or self._plugin(one)) and _digest(one) not in allowed:
                    found.setdefault(one, []).append(intent.sealed.path)
        return [Newcomer(one, tuple(paths), self._plugin(one)) for one, paths in sorted(found.items())]

    def allow(self, newcomers: Sequence[Newcomer]) -> None:
        """Remember that a person allowed them. Raises SealwardError."""
        self._allowed.add(_digest(one.recipient) for one in newcomers)

    def _known(self, intent: Intent) -> frozenset[Recipient]:
        path = intent.sealed.path
        known: set[Recipient] = set()
        data = self._read(f"HEAD:{path}") if path in self._dirty else intent.sealed.data
        block = parse(path, data).metadata if data is not None else None
        if block is not None:
            known.update(*groups_of(Metadata(block)))
        claiming = self._rules.claiming(path)
        return frozenset(known | (claiming.rule.recipients if claiming else frozenset()))

    def _plugin(self, recipient: Recipient) -> str:
        """The age plugin that wrapping for a recipient starts, unless an identity of the user's is one."""
        plugin = plugin_of(*recipient)
        return "" if plugin in self._own else plugin


def _digest(recipient: Recipient) -> str:
    return hashlib.sha256("\0".join(recipient).encode("utf-8", "surrogateescape")).hexdigest()
