"""A sealed file under its creation rule's recipients, threshold and selector: a verified copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.sealed.files import Sealed, reopened, unlike
from sealward.sops import program
from sealward.sops.format.creation_rules import Recipient, groups_of
from sealward.sops.format.recipients import plugin_of, whole
from sealward.sops.format.selection import DEFAULT
from sealward.sops.reading.decryption import usable_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.sealed.rules import Claiming, RuleBook
    from sealward.sops.format.creation_rules import Rule
    from sealward.sops.reading.identities import Identities


class Intent(NamedTuple):
    """What is to become of a file: the rule that claims it, what changes as lines for people, whether it is
    sealed under another selector, and whether it gets a fresh data key in its place (``rotated``)."""

    sealed: Sealed
    found: Claiming | None
    changes: tuple[str, ...]
    reselected: bool
    rotated: bool
    renewed: bool

    @property
    def holders(self) -> frozenset[Recipient]:
        """Who can open it afterwards."""
        by_rule = self.found is not None and self.changes
        return self.found.rule.recipients if self.found and by_rule else recipients(self.sealed)

    @property
    def wraps(self) -> frozenset[Recipient]:
        """For whom its data key is wrapped; nobody where it stays as it is."""
        return self.holders if self.changes or self.rotated else frozenset()

    def is_possible(self, identities: Identities, asked: bool) -> bool:
        """Whether a copy can be made with these identities: where nobody else is asked, neither the wrapping
        nor an identity may need a program, or a key service. ``asked`` says that a person is asked for the
        plugins of recipients."""
        if not identities.alone:
            return True
        return not identities.plugins and not any(
            kind != "age" or (plugin_of(kind, name) and not asked) for kind, name in self.wraps
        )

    @property
    def said(self) -> tuple[str, ...]:
        """What changes, as lines for people."""
        return (*self.changes, "fresh data key") if self.renewed else self.changes


class Resealed(NamedTuple):
    """A file before and after, and what was meant to become of it. Where no copy was made ``after`` is the
    file as it stands."""

    before: Sealed
    after: Sealed
    intent: Intent

    @property
    def changes(self) -> tuple[str, ...]:
        """What changes, as lines for people."""
        return self.intent.said

    @property
    def renewed(self) -> bool:
        """Whether its data key is a fresh one."""
        return self.intent.renewed


def intend(sealed: Sealed, rules: RuleBook, *, data_key: bool, named: bool) -> Intent | None:
    """What the rule of a file wants of it; without changes if it is so already. Nothing is started.

    None where no rule claims the file and it was not ``named`` by the user. A fresh data key is made with
    ``data_key``, whenever the selector changes, and whenever a recipient leaves: the old data key is known
    to them, and ``sops updatekeys`` would keep it. Raises SealwardError.
    """
    found = _rule(sealed, rules)
    if found is None:
        if named and not data_key:
            raise SealwardError(f"no creation rule claims {sealed.path}", "add one to .sops.yaml")
        if not named:
            return None
    reselected = found is not None and any(_selector(sealed, found.rule))
    leaving = found is not None and bool(recipients(sealed) - found.rule.recipients)
    return Intent(
        sealed=sealed,
        found=found,
        changes=tuple(_changes(sealed, found.rule)) if found else (),
        reselected=reselected,
        rotated=data_key or (leaving and not reselected),
        renewed=data_key or leaving or reselected,
    )


def reseal(intent: Intent, identities: Identities) -> Resealed:
    """The file as it is meant to become: a verified copy. Raises SealwardError."""
    sealed, found, alone = intent.sealed, intent.found, identities.alone
    data = sealed.data
    if found is not None and intent.changes:
        data = _by_rule(sealed, found, intent.reselected, alone=alone)
    if intent.rotated:
        data = program.rotate_data_key(sealed.path, data, alone=alone)
    if data == sealed.data:
        return Resealed(sealed, sealed, intent)
    after = reopened(sealed, data, identities)
    _verify(sealed, after, found)
    return Resealed(sealed, after, intent)


def recipients(sealed: Sealed) -> frozenset[Recipient]:
    """Everybody who can open the file, or holds a share of its data key."""
    return _all(groups_of(usable_metadata(sealed.document)))


def _by_rule(sealed: Sealed, found: Claiming, reselected: bool, *, alone: bool) -> bytes:
    if not reselected:
        return program.update_keys(found.inside, sealed.data, found.data, alone=alone)
    plaintext = program.decrypt(sealed.path, sealed.data, sealed.document.store, alone=alone)
    return program.encrypt(found.inside, plaintext, found.data, layout=sealed.data, alone=alone)


def _changes(sealed: Sealed, rule: Rule) -> Iterator[str]:
    metadata = usable_metadata(sealed.document)
    old, new = groups_of(metadata), rule.groups
    for kind, name in sorted(_all(new) - _all(old)):
        yield f"recipient + {kind} {whole(name)}"
    for kind, name in sorted(_all(old) - _all(new)):
        yield f"recipient - {kind} {whole(name)}"
    if _all(old) == _all(new) and old != new:
        yield "key groups as in the rule"
    threshold = min(rule.shamir_threshold or len(new), len(new))
    if len(new) > 1 and len(old) == len(new) and threshold != (metadata.shamir_threshold or len(old)):
        yield f"threshold {metadata.shamir_threshold} → {threshold}"
    yield from _selector(sealed, rule)


def _selector(sealed: Sealed, rule: Rule) -> Iterator[str]:
    """What changes of the selector: then the file is decrypted and sealed again."""
    metadata, selector = usable_metadata(sealed.document), rule.selector or DEFAULT
    if sealed.document.store != "binary" and (
        selector != metadata.selector or rule.mac_only_encrypted != metadata.mac_only_encrypted
    ):
        yield f"selector {metadata.selector.name} → {selector.name} {selector.value}"


def _rule(sealed: Sealed, rules: RuleBook) -> Claiming | None:
    """The rule that claims the file, if it has recipients. Raises SealwardError for a broken one."""
    found = rules.claiming(sealed.path)
    for path, error in sorted(rules.broken.items()):
        raise SealwardError(f"{path}:{error.line}: {error.reason}", "fix it: sops cannot use it")
    return found if found is not None and found.rule.groups else None


def _all(groups: tuple[frozenset[Recipient], ...]) -> frozenset[Recipient]:
    return frozenset().union(*groups)


def _verify(before: Sealed, after: Sealed, found: Claiming | None) -> None:
    """Every value reads back as before, and nothing is left that differs from the rule."""
    old = [(value.leaf.path, value.kind, value.plaintext) for value in before.opened.values]
    new = [(value.leaf.path, value.kind, value.plaintext) for value in after.opened.values]
    if old != new or (found is not None and any(_changes(after, found.rule))):
        raise unlike(before)
