"""``sops-integrity``: nothing was changed behind the MAC's back.

With a key, the MAC itself is verified, and every value with its place. Without one: every write of sops
renews ``mac`` and ``lastmodified``, so the same ``mac`` as in HEAD over another sequence of values is a
file that cannot be decrypted. Values are compared, not bytes: formatting, quoting, comments and ``sops
updatekeys`` leave the MAC as it is, rightly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward import shell
from sealward.checks.context import metadata_of
from sealward.document import dotted
from sealward.finding import Finding, Place, Severity
from sealward.sops.format import ciphertext
from sealward.sops.format.selection import cover_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.checks.context import Context
    from sealward.document import Document, Leaf
    from sealward.errors import SealwardError
    from sealward.sops.format.metadata import Metadata
    from sealward.sops.reading.decrypted import Decrypted

UNDO = "restore the last good version (`git checkout HEAD -- {path}`) and make the change with `sops edit`"


def judge(document: Document, context: Context) -> Iterator[Finding]:
    """Compare a sealed file with its version in HEAD, and in a merge with every parent's."""
    metadata = metadata_of(document)
    if context.closed is not None:
        yield _undecryptable(document, context.closed)
    if metadata is None or not metadata.mac:
        return
    found = list(_against_previous(document, context, metadata))
    yield from found
    if context.opened is not None:
        yield from _inside(document, metadata, context.opened, stale=bool(found))


def _against_previous(document: Document, context: Context, metadata: Metadata) -> Iterator[Finding]:
    for previous in context.previous:
        earlier = metadata_of(previous)
        if earlier is None or not earlier.mac:
            continue
        found = list(_compare(document, metadata, previous, earlier))
        yield from found
        if found:
            return


def _inside(document: Document, metadata: Metadata, opened: Decrypted, stale: bool) -> Iterator[Finding]:
    """What the data key shows: AES-GCM authenticates each value with its place, the MAC all of them."""
    from sealward.sops.reading.decrypted import Mac
    from sealward.sops.reading.opening import Refusal

    for value in opened.failures:
        if value.refused is not Refusal.MALFORMED:
            where = Place(document.path, value.leaf.line, value.leaf.column, dotted(value.leaf.path))
            message = "is not authentic: changed, moved from another key, or sealed with another data key"
            yield Finding(
                rule="value-tampered",
                place=where,
                message=message,
                hint=UNDO.format(path=shell.pathspec(document.path)),
            )
    place = Place(document.path, *metadata.place("mac"), "sops.mac")
    if opened.mac is Mac.UNKNOWN and not opened.failures:
        message = "no longer holds: a value or comment is not authentic, and sops does not say which"
        yield Finding(
            rule="value-tampered",
            place=place,
            message=message,
            hint=UNDO.format(path=shell.pathspec(document.path)),
        )
    if opened.mac in (Mac.MISMATCH, Mac.UNDECRYPTABLE) and not stale:
        message = "does not fit the values: something was changed, swapped, added or removed without sops"
        yield Finding(
            rule="mac-mismatch",
            place=place,
            message=message,
            hint=UNDO.format(path=shell.pathspec(document.path)),
        )


def _undecryptable(document: Document, reason: SealwardError) -> Finding:
    message = f"cannot be opened: {reason.message.removeprefix(f'{document.path}: ')}"
    return Finding(rule="undecryptable", place=Place(document.path), message=message, hint=reason.hint)


def _compare(
    document: Document, metadata: Metadata, previous: Document, earlier: Metadata
) -> Iterator[Finding]:
    if metadata.mac != earlier.mac:
        yield from _times(document, metadata, earlier)
        return
    changed = _first_change(document, metadata, previous, earlier)
    if changed is not None:
        place = Place(document.path, changed.line, changed.column, dotted(changed.path))
        message = "changed while the MAC stayed the same: sops will refuse to decrypt the file"
        yield _stale(document, place, message)
    elif len(_atoms(document, metadata)) < len(_atoms(previous, earlier)):
        place = Place(document.path, *metadata.place("mac"), "sops.mac")
        yield _stale(
            document, place, "values were removed while the MAC stayed the same: sops will refuse the file"
        )
    elif metadata.lastmodified != earlier.lastmodified:
        place = Place(document.path, *metadata.place("lastmodified"), "sops.lastmodified")
        yield _stale(document, place, "changed while the MAC, which it authenticates, stayed the same")
    elif (metadata.selector, metadata.mac_only_encrypted) != (earlier.selector, earlier.mac_only_encrypted):
        place = Place(
            document.path, *metadata.place(metadata.selector.name), f"sops.{metadata.selector.name}"
        )
        yield _stale(
            document, place, "the selector changed while the MAC stayed the same: sops never does that"
        )


def _times(document: Document, metadata: Metadata, earlier: Metadata) -> Iterator[Finding]:
    place = Place(document.path, *metadata.place("lastmodified"), "sops.lastmodified")
    new, old = metadata.lastmodified, earlier.lastmodified
    if new == old:
        message = "the MAC changed and lastmodified did not: two writes in one second, or an edit by hand"
        hint = "`sops decrypt` says which; if it fails, restore the last good version"
        yield Finding(
            rule="unchanged-time", place=place, message=message, hint=hint, severity=Severity.WARNING
        )
    elif new.endswith("Z") and old.endswith("Z") and new < old:
        message = "is older than in the version before: an earlier version of the file was put back"
        hint = "right for a rollback that was meant (`git revert`); else take the newer one from `git log`"
        yield Finding(rule="rolled-back", place=place, message=message, hint=hint, severity=Severity.WARNING)


Atom = tuple[tuple[str, ...], "Leaf | None"]


def _first_change(
    document: Document, metadata: Metadata, previous: Document, earlier: Metadata
) -> Leaf | None:
    old = _atoms(previous, earlier)
    for number, (atom, leaf) in enumerate(_atoms(document, metadata)):
        if number >= len(old) or old[number][0] != atom:
            return leaf
    return None


def _atoms(document: Document, metadata: Metadata) -> list[Atom]:
    """What the MAC runs over: each ciphertext with its key path, and the clear text between them.

    Clear values are joined, as the MAC joins them; null, empty values and comments are no input.
    """
    from sealward.sops.format.canonical import canonical

    cover = cover_of(document, metadata) if metadata.mac_only_encrypted else None
    atoms: list[Atom] = []
    for leaf in document.leaves:
        value = ciphertext.parse(leaf.text)
        if value is not None:
            if value.type != "comment":
                atoms.append(((value.iv, value.data, value.tag, ":".join(leaf.keys)), leaf))
        elif cover is None or cover.covers(leaf):
            clear = (canonical(leaf, document.store) or b"").decode("utf-8", "surrogateescape")
            if clear and atoms and len(atoms[-1][0]) == 1:
                atoms[-1] = ((atoms[-1][0][0] + clear,), leaf)
            elif clear:
                atoms.append(((clear,), leaf))
    return atoms


def _stale(document: Document, place: Place, message: str) -> Finding:
    return Finding(
        rule="stale-mac", place=place, message=message, hint=UNDO.format(path=shell.pathspec(document.path))
    )
