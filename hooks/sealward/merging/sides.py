"""The three versions, read and opened: all of them, or none."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from sealward.merging.side import Refused, Side, Tokens, opened, plain, read, usable
from sealward.sealed.marks import is_sealed
from sealward.sops.reading.data_key import NoDataKey, recover
from sealward.sops.reading.decryption import decrypt_with_key

if TYPE_CHECKING:
    from sealward.document import Document
    from sealward.merging.outcome import Request
    from sealward.plaintext import Plaintext
    from sealward.sops.format.metadata import Metadata
    from sealward.sops.reading.identities import Identities

NEEDS_A_KEY = "run `sealward merge` where a key is, or ask one of its recipients to"


class Sides(NamedTuple):
    """The versions; ``base`` is None where there is none. ``same`` says that ours and theirs have the
    same data key."""

    base: Side | None
    ours: Side
    theirs: Side
    same: bool

    @property
    def is_open(self) -> bool:
        """Whether values can be compared; else ciphertexts are."""
        return self.ours.opened is not None

    @property
    def metadata(self) -> tuple[Metadata | None, Metadata, Metadata]:
        """The blocks of base, ours and theirs."""
        assert self.ours.metadata is not None
        assert self.theirs.metadata is not None
        return self.base.metadata if self.base is not None else None, self.ours.metadata, self.theirs.metadata


def sides_of(request: Request) -> Sides:
    """Read and open all versions. Raises Refused for one that is not to be merged."""
    texts = {"base": request.base, "ours": request.ours, "theirs": request.theirs}
    documents = {name: read(name, request.path, data) for name, data in texts.items() if data is not None}
    for name, document in documents.items():
        if document.store != documents["ours"].store or (name != "base" and not is_sealed(document)):
            hint = "seal it first, or take the other version whole"
            raise Refused(f"{request.path}: the version of {name} is not sealed", hint)
    keys = _data_keys(documents, request.identities)
    try:
        found = _opened(documents, request.identities, keys)
    except NoDataKey:
        found = _opened(documents, None, {})
    base, ours, theirs = found.get("base"), found["ours"], found["theirs"]
    return Sides(base, ours, theirs, _same_key(ours, theirs, keys))


def _opened(
    documents: dict[str, Document], identities: Identities | None, keys: dict[str, Plaintext]
) -> dict[str, Side]:
    tokens = Tokens()
    return {
        name: opened(name, document, tokens, identities, keys.get(name))
        if is_sealed(document)
        else plain(name, document, tokens)
        for name, document in documents.items()
    }


def _data_keys(documents: dict[str, Document], identities: Identities) -> dict[str, Plaintext]:
    """The data keys by version, as far as identities give them in this process. One that was not sealed
    for its reader yet opens with the key of another, where nobody has changed it since."""
    found: dict[str, Plaintext] = {}
    sealed = {
        name: (document, usable(name, document))
        for name, document in documents.items()
        if is_sealed(document)
    }
    for name, (document, metadata) in sealed.items():
        with contextlib.suppress(NoDataKey):
            found[name] = recover(document.path, metadata, identities)
    for name in sealed.keys() - found.keys():
        document, metadata = sealed[name]
        for key in list(found.values()):
            if decrypt_with_key(document, metadata, key).accepted:
                found[name] = key
                break
    return found


def _same_key(ours: Side, theirs: Side, keys: dict[str, Plaintext]) -> bool:
    """Whether both versions have one data key: compared where it is known, else proved by a stanza that
    both have byte for byte. Whoever copies a stanza into another file gains nothing: what is put
    together is opened and verified."""
    if "ours" in keys and "theirs" in keys:
        return keys["ours"] == keys["theirs"]
    assert ours.metadata is not None
    assert theirs.metadata is not None
    mine = {(key.kind, key.name, key.enc) for key in ours.metadata.keys}
    return any((key.kind, key.name, key.enc) in mine for key in theirs.metadata.keys)
