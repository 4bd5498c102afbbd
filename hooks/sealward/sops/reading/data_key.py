"""The data key of a sealed file, from its age stanzas and the identities at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.plaintext import Plaintext, forbid_core_dumps
from sealward.sops.format import age_file, shamir
from sealward.sops.format.recipients import whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.sops.format.metadata import Key, Metadata
    from sealward.sops.reading.identities import Identities
    from sealward.sops.services import Objection

BYTES = 32


class NoDataKey(SealwardError):
    """No identity at hand opens the file; ``recipients`` are those who could, as a message may name them."""

    def __init__(self, message: str, hint: str, recipients: tuple[str, ...]) -> None:
        super().__init__(message, hint)
        self.recipients = recipients

    def but_for(self, objections: Iterable[Objection]) -> NoDataKey:
        """The same, with whom a stanza points to and the operator does not."""
        said = list(objections)
        if not said:
            return self
        message = "; ".join([self.message, *(one.reason for one in said)])
        hint = "; ".join([*(one.hint for one in said), self.hint])
        return NoDataKey(message, hint, self.recipients)


def recover(path: str, metadata: Metadata, identities: Identities) -> Plaintext:
    """Decrypt the data key; ``path`` names the file in messages.

    One group: any stanza gives the key. Several: each group gives one share, and at least
    ``shamir_threshold`` of them are combined. Raises NoDataKey, which says who could open the file.
    """
    forbid_core_dumps()
    groups = metadata.groups
    found = (_part(group, identities, share=len(groups) > 1) for group in groups)
    parts = [part for part in found if part is not None]
    if len(groups) > 1:
        if len(parts) >= max(2, metadata.shamir_threshold):
            try:
                return Plaintext(shamir.combine(parts))
            except ValueError as error:
                hint = "restore the last good version of the file"
                raise NoDataKey(f"{path}: its key groups do not fit together ({error})", hint, ()) from None
    elif parts:
        return Plaintext(parts[0])
    raise _no_key(path, metadata, identities, len(parts))


def _part(group: list[Key], identities: Identities, *, share: bool) -> bytes | None:
    for key in group:
        part = unwrap(key.enc, identities, share=share) if key.kind == "age" else None
        if part is not None:
            return part
    return None


def unwrap(enc: str, identities: Identities, *, share: bool = False) -> bytes | None:
    """What one age stanza (an armored age file) holds, or None where no native identity opens it.

    White space around the armor is nothing, as for Go's age; what that refuses and pyrage opens (a stanza
    without a body) is refused. ``share`` says that a Shamir share is expected.
    """
    import pyrage

    enc = enc.strip()
    if not identities.native or age_file.damage("age", enc, "", share):
        return None
    try:
        part: bytes = pyrage.decrypt(enc.encode(), identities.native)
        return part
    except (pyrage.DecryptError, UnicodeEncodeError):
        return None


def _no_key(path: str, metadata: Metadata, identities: Identities, opened: int) -> NoDataKey:
    recipients = tuple(dict.fromkeys(whole(key.name) for key in metadata.keys))
    if not recipients:
        return NoDataKey(f"{path}: names no recipient at all", "restore the last good version", ())
    groups = len(metadata.groups)
    if groups > 1:
        needed = max(2, metadata.shamir_threshold)
        message = f"{path}: keys at hand open {opened} of {groups} key groups, {needed} are needed"
    elif identities.native:
        message = f"{path}: no identity at hand opens it"
    else:
        message = f"{path}: there is no age identity"
    if identities.problems:
        message += f" ({'; '.join(identities.problems)})"
    hint = "set SOPS_AGE_KEY_FILE to the identity of one of its recipients: " + ", ".join(recipients)
    return NoDataKey(message, hint, recipients)
