"""What stood in clear, value by value, once each; and whether it is what is sealed today."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from sealward.detectors import secret_in
from sealward.detectors.placeholders import is_harmless
from sealward.document import dotted, parse
from sealward.errors import SealwardError
from sealward.references.syntax import find_all
from sealward.sops.format.selection import cover_of
from sealward.sops.reading.decryption import decrypt, usable_metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealward.document import Document, Leaf
    from sealward.history.lineage import Lineage, Version
    from sealward.references.syntax import Reference
    from sealward.sops.reading.decrypted import Decrypted
    from sealward.sops.reading.identities import Identities


class State(str, Enum):
    """Whether a value that stood in clear is still in use: it is sealed in the newest version; it is not
    there any more; Vault holds what its key refers to today; or no key at hand says."""

    LIVE = "live"
    REPLACED = "replaced"
    MOVED = "moved to Vault"
    UNKNOWN = "unknown"


class Exposed(NamedTuple):
    """One value that stood in clear: the sealed file, the path where it stood, its key path, the first
    and the last commit with it, its state, and the reference that stands in its place today."""

    sealed: str
    path: str
    key_path: str
    first: str
    last: str
    state: State
    reference: Reference | None


def exposed(lineage: Lineage, read: Callable[[bytes], bytes], identities: Identities) -> Iterator[Exposed]:
    """Every value of the versions in clear, each once. None of them is shown."""
    today = _Today(lineage, read, identities)
    for path, versions in ((lineage.path, lineage.clear), *lineage.twins):
        yield from _values(lineage.path, path, versions, today, read)


def _values(
    sealed: str, path: str, versions: tuple[Version, ...], today: _Today, read: Callable[[bytes], bytes]
) -> Iterator[Exposed]:
    """The newest version comes first: a value's last commit is the one that is met first."""
    found: dict[tuple[str, bytes], list[str]] = {}
    leaves: dict[tuple[str, bytes], Leaf] = {}
    for version in versions:
        document = parse(path, read(version.name))
        for leaf in document.leaves:
            if today.covers(leaf) and _is_secret(leaf):
                key = (dotted(leaf.path), leaf.text.encode("utf-8", "surrogateescape"))
                found.setdefault(key, []).append(version.commit)
                leaves.setdefault(key, leaf)
    for (key_path, text), commits in found.items():
        state, reference = today.state(leaves[key_path, text], text)
        yield Exposed(
            sealed=sealed,
            path=path,
            key_path=key_path,
            first=commits[-1],
            last=commits[0],
            state=state,
            reference=reference,
        )


def _is_secret(leaf: Leaf) -> bool:
    """Whether a value that is to be sealed gives something away: no reference, no placeholder, no
    switch."""
    if leaf.kind in ("bool", "null", "empty", "time", "comment") or not leaf.text.strip():
        return False
    if leaf.kind in ("int", "float"):
        return secret_in(leaf.text, leaf.path, leaf.kind) is not None
    return not find_all(leaf.text) and not is_harmless(leaf.text)


class _Today:
    """The newest sealed version: what it covers, and what it holds, where a key is at hand."""

    def __init__(self, lineage: Lineage, read: Callable[[bytes], bytes], identities: Identities) -> None:
        self.document: Document = parse(lineage.path, read(lineage.sealed[0].name))
        self.opened: Decrypted | None = None
        try:
            self._cover = cover_of(self.document, usable_metadata(self.document))
            self.opened = decrypt(self.document, identities)
        except SealwardError:
            self._cover = cover_of(self.document, None)
        values = self.opened.values if self.opened is not None else ()
        self._texts = {one.plaintext.reveal() for one in values if one.plaintext is not None}
        self._at = {one.leaf.keys: one for one in values}

    def covers(self, leaf: Leaf) -> bool:
        """Whether it would be encrypted there."""
        return self._cover.covers(leaf)

    def state(self, leaf: Leaf, text: bytes) -> tuple[State, Reference | None]:
        """What has become of a value that stood in clear."""
        if self.opened is None or not self.opened.accepted:
            return State.UNKNOWN, None
        if text in self._texts:
            return State.LIVE, None
        now = self._at.get(leaf.keys)
        held = find_all(now.plaintext.text()) if now is not None and now.plaintext is not None else []
        return (State.MOVED, held[0]) if held else (State.REPLACED, None)
