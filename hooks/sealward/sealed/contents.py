"""What a file holds, value by value: decrypted where a key is at hand, else as far as it stands in clear.

The one reader of values and references: ``check``, ``status``, ``rotate`` and ``reencrypt`` ask it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.document import dotted
from sealward.finding import Place
from sealward.plaintext import Plaintext
from sealward.sealed.marks import is_sealed
from sealward.sops.format.ciphertext import looks_encrypted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.document import Document, Kind, Leaf
    from sealward.references.syntax import Reference
    from sealward.sops.reading.decrypted import Decrypted


class Held(NamedTuple):
    """One value: its leaf, its type, its text, the references in it, and whether it was encrypted."""

    leaf: Leaf
    kind: Kind
    plaintext: Plaintext
    references: tuple[Reference, ...]
    encrypted: bool


class Found(NamedTuple):
    """One reference, and where it stands."""

    place: Place
    reference: Reference


def values(document: Document, opened: Decrypted | None) -> Iterator[Held]:
    """Every value that can be read, comments left out; of a sealed file without a key the clear ones."""
    if opened is not None:
        for value in opened.values:
            if value.leaf.taken_as:  # sops drops the text, and it stands in the file all the same
                yield _clear(value.leaf)
            elif value.plaintext is not None and value.kind != "comment":
                yield _held(value.leaf, value.kind, value.plaintext, value.encrypted)
        return
    sealed = is_sealed(document)
    for leaf in document.leaves:
        if not (sealed and looks_encrypted(leaf.text)):
            yield _clear(leaf)


def found(document: Document, held: Iterator[Held] | tuple[Held, ...]) -> Iterator[Found]:
    """The references among values of a document, with their places."""
    for one in held:
        for reference in one.references:
            yield Found(place_of(document, one.leaf), reference)


def place_of(document: Document, leaf: Leaf) -> Place:
    """Where a leaf stands."""
    return Place(document.path, leaf.line, leaf.column, dotted(leaf.path))


def _clear(leaf: Leaf) -> Held:
    return _held(leaf, leaf.kind, Plaintext(leaf.text.encode("utf-8", "surrogateescape")), False)


def _held(leaf: Leaf, kind: Kind, plaintext: Plaintext, encrypted: bool) -> Held:
    from sealward.references.syntax import find_all

    references = tuple(find_all(plaintext.text())) if kind in ("str", "binary", "tag") else ()
    return Held(leaf=leaf, kind=kind, plaintext=plaintext, references=references, encrypted=encrypted)
