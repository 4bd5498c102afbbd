"""For whom the merged file is sealed, and how: rules R7 and R8 of the design of merges
(docs/merging.md).

sops authenticates no recipient. Anybody can make a valid sealed file for public recipients, with one of
their own besides; whoever merges it, and seals the result for all of both sides, hands them every value
that ours added. So what theirs adds counts only where the creation rule of HEAD says the same, and a
stanza proves nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sealward.merging.side import Refused
from sealward.merging.verification import unlike
from sealward.sops.format.creation_rules import recipient_of
from sealward.sops.format.recipients import plugin_of, whole
from sealward.sops.format.selection import DEFAULT, Selector
from sealward.sops.reading.decryption import usable_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.document import Document
    from sealward.merging.outcome import Request
    from sealward.merging.sides import Sides
    from sealward.sops.format.creation_rules import Recipient, Rule
    from sealward.sops.format.metadata import Key, Metadata

Groups = tuple[frozenset["Recipient"], ...]


def settle_for(request: Request, sides: Sides) -> Holders:
    """Whom the result of a merge is for. Raises Refused as ``settle`` does."""
    base, ours, theirs = sides.metadata
    kept = dict(request.choices).get("recipients") == "ours"
    return settle(request.path, base, ours, ours if kept else theirs, request.rule, trusted=request.trusted)


def check_wrapping(request: Request, held: Holders) -> None:
    """Raises Refused where wrapping a data key would start a program, or ask somebody, and that is not
    wanted."""
    for kind, name in sorted(frozenset().union(*held.groups)) if request.alone else ():
        if kind != "age" or plugin_of(kind, name):
            raise Refused(
                f"{request.path}: sealing it for {kind} {whole(name)} needs a program or a service",
                "`sealward merge --require-keys` allows that",
            )


class Holders(NamedTuple):
    """Whom the result is sealed for (a set of recipients a key group), and how."""

    groups: Groups
    threshold: int
    selector: Selector | None
    mac_only_encrypted: bool
    keys: dict[Recipient, Key]

    def is_of(self, metadata: Metadata) -> bool:
        """Whether a version is sealed for just these, in this way."""
        mine = _of(metadata)
        return (mine.groups, mine.threshold) == (self.groups, self.threshold) and self.selects_as(metadata)

    def selects_as(self, metadata: Metadata) -> bool:
        """Whether a version encrypts the same values, and its MAC covers the same."""
        mine = _of(metadata)
        return (mine.selector, mine.mac_only_encrypted) == (self.selector, self.mac_only_encrypted)

    def rules(self) -> bytes:
        """A configuration of sops with one rule, for every file, that says this."""
        rule: dict[str, object] = {"key_groups": [self._group(group) for group in self.groups]}
        if self.threshold and len(self.groups) > 1:
            rule["shamir_threshold"] = self.threshold
        if self.selector is not None:
            rule[self.selector.name] = self.selector.value
        if self.mac_only_encrypted:
            rule["mac_only_encrypted"] = True
        return json.dumps({"creation_rules": [rule]}).encode()

    def _group(self, group: Iterable[Recipient]) -> dict[str, list[object]]:
        found: dict[str, list[object]] = {}
        for recipient in sorted(group):
            name, entry = _entry(self.keys[recipient])
            found.setdefault(name, []).append(entry)
        return found


def check(path: str, document: Document, held: Holders) -> None:
    """Raises SealwardError where a merged file is for others than it was to be."""
    if not held.is_of(usable_metadata(document)):
        raise unlike(path)


def settle(
    path: str,
    base: Metadata | None,
    ours: Metadata,
    theirs: Metadata,
    rule: Rule | None,
    *,
    trusted: bool = False,
) -> Holders:
    """Whom the result is for. ``rule`` is the creation rule of HEAD that claims the file; ``trusted``
    says that a person has agreed to what theirs changes. Raises Refused, which names what theirs changes
    without a rule."""
    old = _of(base) if base is not None else None
    mine, yours = _of(ours), _of(theirs)
    groups = _groups(path, old, mine, yours, rule, trusted)
    threshold, selector, mac = mine.threshold, mine.selector, mine.mac_only_encrypted
    if (yours.threshold, yours.selector, yours.mac_only_encrypted) != (threshold, selector, mac):
        changed = _changed(old, mine, yours)
        if changed is not None:
            allowed = trusted or (rule is not None and _says(rule, changed))
            if not allowed:
                raise Refused(
                    f"{path}: the version of theirs {_what(mine, changed)}, "
                    " which the creation rule of HEAD does not",
                    _WAY_OUT,
                )
            threshold, selector, mac = changed.threshold, changed.selector, changed.mac_only_encrypted
    return Holders(
        groups=groups,
        threshold=threshold,
        selector=selector,
        mac_only_encrypted=mac,
        keys={**yours.keys, **mine.keys},
    )


_WAY_OUT = (
    "if it is meant, change .sops.yaml first, or say yes with `sealward merge --trust-theirs`;"
    " `sealward merge --ours recipients` leaves it out"
)


def _groups(
    path: str, old: Holders | None, mine: Holders, yours: Holders, rule: Rule | None, trusted: bool
) -> Groups:
    before = old.groups if old is not None else ()
    if len(mine.groups) == len(yours.groups):
        known = (
            before
            if len(before) == len(mine.groups)
            else ((frozenset[tuple[str, str]]()),) * len(mine.groups)
        )
        rows = zip(known, mine.groups, yours.groups, strict=True)
        added = [theirs - base - ours for base, ours, theirs in rows]
        groups = tuple(
            (ours | theirs) - (base - ours) - (base - theirs)
            for base, ours, theirs in zip(known, mine.groups, yours.groups, strict=True)
        )
    elif before and yours.groups == before:
        return mine.groups
    elif before and mine.groups == before:
        groups, added = yours.groups, list(yours.groups)
    else:
        raise Refused(
            f"{path}: both sides changed the key groups", "take one side, and run `sealward reencrypt`"
        )
    allowed = rule.recipients if rule is not None else frozenset()
    known_to_us = frozenset().union(*mine.groups)
    for one in sorted(frozenset().union(*added) - known_to_us):
        if one not in allowed and not trusted:
            raise Refused(
                f"{path}: the version of theirs adds the recipient {one[0]} {whole(one[1])},"
                " which the creation rule of HEAD does not name",
                _WAY_OUT,
            )
    if len(mine.groups) != len(yours.groups) and not trusted and (rule is None or rule.groups != groups):
        raise Refused(
            f"{path}: the version of theirs changes the key groups, unlike the creation rule of HEAD",
            _WAY_OUT,
        )
    if not all(groups):
        raise Refused(
            f"{path}: nobody would be left to open it", "take one side, and run `sealward reencrypt`"
        )
    return groups


def _changed(old: Holders | None, mine: Holders, yours: Holders) -> Holders | None:
    """Theirs, where it is they who changed how the file is sealed; None where it was ours."""
    how = [(one.threshold, one.selector, one.mac_only_encrypted) if one else None for one in (old, yours)]
    return None if how[0] == how[1] else yours


def _says(rule: Rule, changed: Holders) -> bool:
    """Whether a rule seals files as a version is sealed."""
    threshold = (
        min(rule.shamir_threshold or len(rule.groups), len(rule.groups)) if len(rule.groups) > 1 else 0
    )
    wanted = (threshold, rule.selector or DEFAULT, rule.mac_only_encrypted)
    return wanted == (changed.threshold, changed.selector or DEFAULT, changed.mac_only_encrypted)


def _what(mine: Holders, changed: Holders) -> str:
    if changed.selector != mine.selector:
        return "changes which values are encrypted"
    if changed.threshold != mine.threshold:
        return "changes the threshold of the key groups"
    return "changes what the MAC covers"


def _of(metadata: Metadata) -> Holders:
    several = len(metadata.groups) > 1
    selector = metadata.selectors[0] if metadata.selectors else None
    return Holders(
        groups=tuple(frozenset(recipient_of(key) for key in group) for group in metadata.groups),
        threshold=(metadata.shamir_threshold or len(metadata.groups)) if several else 0,
        selector=None if selector == DEFAULT else selector,
        mac_only_encrypted=metadata.mac_only_encrypted,
        keys={recipient_of(key): key for key in metadata.keys},
    )


def _entry(key: Key) -> tuple[str, object]:
    """A stanza's recipient as a key group of a configuration names it: the list, and the item."""
    get = key.fields.get
    if key.kind == "kms":
        pairs = (pair.partition(":") for pair in get("context", "").split(",") if pair)
        context = {name: value for name, _, value in pairs}
        fields = {"arn": get("arn", ""), "role": get("role", ""), "aws_profile": get("aws_profile", "")}
        return "kms", {
            **{name: text for name, text in fields.items() if text},
            **({"context": context} if context else {}),
        }
    if key.kind == "azure_kv":
        return "azure_keyvault", {
            "vaultUrl": get("vault_url"),
            "key": get("name"),
            "version": get("version", ""),
        }
    if key.kind in ("gcp_kms", "hckms"):
        field = "resource_id" if key.kind == "gcp_kms" else "key_id"
        return key.kind, {field: get(field)}
    return key.kind, key.name
