"""``sops-recipients``: a sealed file is for whom its creation rule says, and for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward import shell
from sealward.checks.context import metadata_of
from sealward.finding import Finding, Place, Severity
from sealward.sops.format import ciphertext
from sealward.sops.format.creation_rules import groups_of, recipient_of
from sealward.sops.format.recipients import short
from sealward.sops.format.selection import DEFAULT, Cover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.checks.context import Context
    from sealward.document import Document
    from sealward.sops.format.creation_rules import Recipient, Rule
    from sealward.sops.format.metadata import Metadata

REENCRYPT = "run `sealward reencrypt {path}` (it needs a key that opens the file)"
_IF_KNOWN = f"if you know them, {REENCRYPT}; else take them out of the rule"
_REMOVE = (
    "unless you know them, restore the last good version of {path}; who was sealed for could read it. "
    "`sealward reencrypt --dry-run {path}` says whom a re-encryption would remove, and add"
)
_RESTORE = "restore the last good version of {path}: sops writes no such file"
_HINTS = {"recipient-missing": _IF_KNOWN, "recipient-extra": _REMOVE}
"""Anybody can write a stanza, or a rule: what might be forged is not to be sealed again unseen."""

SELECTOR = (
    "sops takes the rule's selector only when it seals a plaintext: put the file's selector into the rule, "
    "or seal the plaintext again"
)


def judge(document: Document, context: Context) -> Iterator[Finding]:
    """Compare a sealed file with its creation rule and with its version in HEAD.

    Recipients are compared as ``sops updatekeys`` does: group by group, order ignored. It never
    compares selectors; we do.
    """
    metadata = metadata_of(document)
    if metadata is None or not metadata.keys:
        return
    if context.rule is not None and context.rule.groups:
        yield from _against_rule(document, metadata, context.rule)
    for previous in context.previous:
        earlier = metadata_of(previous)
        if earlier is not None and earlier.keys:
            yield from _against_previous(document, metadata, previous, earlier)


def _against_rule(document: Document, metadata: Metadata, rule: Rule) -> Iterator[Finding]:
    groups = groups_of(metadata)
    missing = _difference(rule.groups, groups)
    extra = _difference(groups, rule.groups)
    if missing:
        message = f"creation rule {rule.number} names {_listed(missing)}, but the file is not sealed for it"
        yield _finding("recipient-missing", document, metadata, message)
    if extra:
        message = f"is sealed for {_listed(extra)}, whom creation rule {rule.number} does not name"
        yield _finding("recipient-extra", document, metadata, message)
    threshold = min(rule.shamir_threshold or len(rule.groups), len(rule.groups))
    own = metadata.shamir_threshold or len(groups)
    if len(groups) > 1 and len(rule.groups) == len(groups) and threshold != own:
        message = f"needs {own} of its {len(groups)} key groups; creation rule {rule.number} says {threshold}"
        yield _finding("threshold-differs", document, metadata, message, "shamir_threshold")
    yield from _selector(document, metadata, rule)


def _selector(document: Document, metadata: Metadata, rule: Rule) -> Iterator[Finding]:
    """Another selector is an error if a value stands in clear that the rule wants encrypted, else a
    warning: the file may well encrypt more than its rule asks for."""
    selector = rule.selector or DEFAULT
    if document.store == "binary":
        return  # sops ignores both fields there
    if selector != metadata.selector:
        stored, wanted = Cover(metadata.selector), Cover(selector)
        enough = all(stored.covers(leaf) or not wanted.covers(leaf) for leaf in document.leaves)
        says = f"says {selector.name} {selector.value!r}"
        if rule.selector is None:
            says = f"names no selector (so sops takes {selector.name} {selector.value!r})"
        message = (
            f"was sealed with {metadata.selector.name} {metadata.selector.value!r}; "
            f"creation rule {rule.number} {says}"
        )
        found = _finding("selector-differs", document, metadata, message, metadata.selector.name)
        found = Finding(rule=found.rule, place=found.place, message=message, hint=SELECTOR)
        yield found.but(severity=Severity.WARNING) if enough else found
    elif rule.mac_only_encrypted != metadata.mac_only_encrypted:
        message = f"`mac_only_encrypted` differs from creation rule {rule.number}"
        found = _finding("selector-differs", document, metadata, message, "mac_only_encrypted")
        yield found.but(severity=Severity.WARNING)


def _difference(
    left: tuple[frozenset[Recipient], ...], right: tuple[frozenset[Recipient], ...]
) -> list[Recipient]:
    """Recipients of ``left`` that the group of the same number in ``right`` lacks."""
    found: set[Recipient] = set()
    for number, group in enumerate(left):
        other = right[number] if number < len(right) else frozenset()
        found |= {one for one in group if not any(_same(one, another) for another in other)}
    return sorted(found)


def _same(one: Recipient, other: Recipient) -> bool:
    """Equal, or equal but for what a configuration may leave out: a long or short PGP fingerprint,
    the version of an Azure key (sops then takes the latest)."""
    if one == other:
        return True
    if one[0] != other[0]:
        return False
    long, short = sorted((one[1], other[1]), key=len, reverse=True)
    if one[0] == "pgp":
        return len(short) >= 8 and long.endswith(short)
    return one[0] == "azure_kv" and short.count("/keys/") == 1 and long.startswith(f"{short}/")


def _against_previous(
    document: Document, metadata: Metadata, previous: Document, earlier: Metadata
) -> Iterator[Finding]:
    now = {recipient_of(key): key for key in metadata.keys}
    before = {recipient_of(key): key for key in earlier.keys}
    if now.keys() == before.keys():
        return
    kept = [key for name, key in now.items() if name in before and before[name].enc == key.enc]
    if kept:
        message = "the recipients changed, but this key's encrypted data key did not: sops renews all of them"
        place = Place(document.path, kept[0].line, kept[0].column, f"sops.{kept[0].kind}")
        yield Finding(
            rule="stale-stanza",
            place=place,
            message=message,
            hint=_RESTORE.format(path=shell.path(document.path)),
        )
    removed = sorted(before.keys() - now.keys())
    if removed and _ciphertexts(previous) & _ciphertexts(document):
        message = f"{_listed(removed)} left, but the data key stayed: whoever knows it still reads the file"
        again = f"`sealward reencrypt --data-key {shell.path(document.path)}`"
        hint = f"run {again}, and rotate what they could read"
        yield Finding(
            rule="data-key-kept",
            place=Place(document.path, metadata.line, metadata.column, "sops"),
            message=message,
            hint=hint,
            severity=Severity.WARNING,
        )


def _ciphertexts(document: Document) -> set[tuple[str, str]]:
    values = (ciphertext.parse(leaf.text) for leaf in document.leaves)
    return {(value.data, value.tag) for value in values if value is not None}


def _listed(recipients: list[Recipient]) -> str:
    names = [short(name) for _, name in recipients]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _finding(rule: str, document: Document, metadata: Metadata, message: str, field: str = "") -> Finding:
    line, column = metadata.place(field) if field else (metadata.line, metadata.column)
    key_path = f"sops.{field}" if field else "sops"
    return Finding(
        rule=rule,
        place=Place(document.path, line, column, key_path),
        message=message,
        hint=_HINTS.get(rule, REENCRYPT).format(path=shell.path(document.path)),
    )
