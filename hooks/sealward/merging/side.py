"""One of the three versions: read, opened where a key is at hand, its values as tokens that can be
compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document import parse
from sealward.document.model import Mapping, Scalar
from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.sops.format.canonical import canonical
from sealward.sops.format.ciphertext import looks_encrypted
from sealward.sops.reading.decrypted import Decrypted, Mac, Value
from sealward.sops.reading.decryption import decrypt, decrypt_with_key, usable_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.document import Document, Leaf, Store
    from sealward.document.model import Node
    from sealward.sops.format.metadata import Metadata
    from sealward.sops.reading.identities import Identities


class Refused(SealwardError):
    """A version is not merged: it is damaged, tampered with, not sealed, or for somebody who must not
    have it."""


Signature = tuple[object, ...]
"""What a value is, as tokens: equal for equal values."""


class Tokens:
    """A number for each value that occurs, so that values are compared without being looked at again."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], int] = {}

    def of(self, kind: str, text: bytes) -> int:
        """The number of a value of this type."""
        return self._known.setdefault((kind, text), len(self._known))


class Side:
    """A version of the file. ``opened`` is None where no key is at hand: then ciphertexts are compared.

    ``metadata`` is None for a base that was not sealed yet.
    """

    def __init__(
        self,
        name: str,
        document: Document,
        metadata: Metadata | None,
        opened: Decrypted | None,
        tokens: Tokens,
    ) -> None:
        self.name = name
        self.document = document
        self.metadata = metadata
        self.opened = opened
        self.tokens = tokens
        values = opened.values if opened is not None else ()
        self._values = {(value.leaf.line, value.leaf.column): value for value in values}
        texts = opened.comments if opened is not None else ()
        self._comments = {comment.text.strip(): text for comment, text in texts}

    def value(self, node: Scalar) -> Value | None:
        """A value, opened; None without a key."""
        return self._values.get((node.line, node.column))

    def signature(self, node: Node) -> Signature:
        """What a node holds, whatever the order of its keys."""
        if isinstance(node, Scalar):
            return (self._token(node),)
        if isinstance(node, Mapping):
            pairs = {entry.key.text: self.signature(entry.value) for entry in node.entries}
            return ("mapping", *sorted(pairs.items()))
        return ("list", *(self.signature(item) for item in node.items))

    def comment(self, line: str) -> int:
        """The token of a comment, given its line."""
        text = line.strip()[1:].strip()
        opened = self._comments.get(text)
        return self.tokens.of("comment", opened.reveal() if opened is not None else text.encode())

    def _token(self, node: Scalar) -> int:
        value = self.value(node)
        if value is not None and value.plaintext is not None:
            return self.tokens.of(value.kind, value.plaintext.reveal())
        kind = node.taken_as or node.kind
        if self.opened is None and looks_encrypted(node.text):
            return self.tokens.of("sealed", node.text.encode())
        return self.tokens.of(kind, node.text.encode())


def plain(name: str, document: Document, tokens: Tokens, encrypted: Iterable[bool] = ()) -> Side:
    """A version in clear. ``encrypted`` says of each of its values whether the sealed file has it
    encrypted."""
    flags = iter(encrypted)
    values = tuple(_clear(leaf, document.store, next(flags, False)) for leaf in document.leaves)
    return Side(name, document, None, Decrypted(values, (), Mac.VERIFIED), tokens)


def _clear(leaf: Leaf, store: Store, encrypted: bool) -> Value:
    """A value in clear, of the type that sops gives it: every number of JSON that it encrypts is a
    float."""
    kind = leaf.taken_as or leaf.kind
    if encrypted and kind == "int" and store == "json":
        kind = "float"
    return Value(leaf, kind, Plaintext(canonical(leaf, store) or b""), encrypted)


def read(name: str, path: str, data: bytes, store: Store | None = None) -> Document:
    """A version's text. Raises Refused where it is not whole."""
    document = parse(path, data, store)
    problem = next((one for one in document.problems if not one.minor), None)
    if problem is not None or not document.parts:
        reason = problem.message if problem is not None else "cannot be read"
        raise Refused(f"{path}: the version of {name} {reason}", "restore the last good version of it")
    return document


def opened(
    name: str, document: Document, tokens: Tokens, identities: Identities | None, key: Plaintext | None = None
) -> Side:
    """A sealed version; without ``identities`` it stays closed. ``key`` is its data key, where that is
    known.

    Raises Refused where it is not authentic, NoDataKey where nothing opens it, SealwardError where it
    cannot be decrypted at all."""
    metadata = usable(name, document)
    inside = None
    if identities is not None:
        inside = decrypt(document, identities) if key is None else decrypt_with_key(document, metadata, key)
        if not inside.accepted:
            raise Refused(
                f"{document.path}: the MAC or a value of the version of {name} is not authentic",
                "restore a good version: what was changed without sops is not merged",
            )
    return Side(name, document, metadata, inside, tokens)


def usable(name: str, document: Document) -> Metadata:
    """The metadata block of a version. Raises Refused where the stanzas are not what sops writes: one
    wrapped key under two names is forged."""
    try:
        metadata = usable_metadata(document)
    except SealwardError as error:
        raise Refused(f"{error.message} (the version of {name})", error.hint) from None
    wrapped: dict[str, str] = {}
    for key in metadata.keys:
        if wrapped.setdefault(key.enc, key.name) != key.name:
            raise Refused(
                f"{document.path}: the version of {name} has one wrapped data key under two recipients",
                "somebody wrote a stanza by hand: restore the last good version of it",
            )
    return metadata
