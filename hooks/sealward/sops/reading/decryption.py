"""A sealed Document and the identities at hand → every value in memory, and the MAC's verdict.

Reads what ``sops decrypt`` reads and accepts what it accepts (``Tree.Decrypt``); writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document.model import Leaf
from sealward.plaintext import Plaintext
from sealward.sops.format.canonical import canonical, yaml_number
from sealward.sops.format.metadata import Metadata, is_metadata, is_version
from sealward.sops.format.selection import Cover, cover_of
from sealward.sops.reading.decrypted import CannotDecrypt, Decrypted, Mac, Value
from sealward.sops.reading.opening import Opener, Refusal, Refused
from sealward.sops.services import Holders
from sealward.times import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.document import Comment, Document, Kind, Store
    from sealward.sops.reading.data_key import NoDataKey
    from sealward.sops.reading.identities import Identities

MAC_ONLY_ENCRYPTED = bytes.fromhex("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69")
"""SHA-256 of ``sops``: what the MAC starts with where it covers encrypted values only."""

_IN_COMMENTS = ("comment", "str")
"""The types that a comment may have: sops refuses to walk one that turns out to be a number, say."""


def decrypt(document: Document, identities: Identities) -> Decrypted:
    """Open every value of a sealed file and verify its MAC, in memory.

    Age stanzas are opened in this process; other key kinds through the sops program, with the same
    result. Raises CannotDecrypt for a file that is not sealed or not readable, NoDataKey where no
    key at hand opens it. What is wrong with single values or the MAC is in the result.
    """
    from sealward.sops.reading.data_key import NoDataKey, recover

    metadata = usable_metadata(document)
    try:
        key = recover(document.path, metadata, identities)
    except NoDataKey as error:
        return _asked(document, identities, error)
    return decrypt_with_key(document, metadata, key)


def _asked(document: Document, identities: Identities, error: NoDataKey) -> Decrypted:
    """What the sops program gives, with the keys that it may use; else the error, with what it may not."""
    holders = Holders.of(document)
    kinds = identities.for_program(holders)
    if not kinds:
        raise error.but_for(identities.objections(holders))
    from sealward.sops.reading.data_key import NoDataKey
    from sealward.sops.reading.through_program import decrypt_with_program

    try:
        return decrypt_with_program(document, kinds)
    except NoDataKey as refused:
        raise refused.but_for(identities.objections(holders)) from None


def decrypt_with_key(document: Document, metadata: Metadata, key: Plaintext) -> Decrypted:
    """Open every value with the data key. Raises CannotDecrypt for a key of impossible length."""
    try:
        opener = Opener(key)
    except ValueError:
        raise _cannot(document, "its data key has an impossible length") from None
    cover = cover_of(document, metadata)
    values = tuple(_open(leaf, document.store, cover, opener) for leaf in document.leaves)
    comments = tuple(_comments(document, cover, opener))
    if any(value.refused for value in values) or any(kind not in _IN_COMMENTS for _, kind, _ in comments):
        mac = Mac.UNKNOWN
    elif not metadata.mac:
        mac = Mac.MISSING
    else:
        mac = _verdict(metadata, opener, _hash(_hashed(metadata, values, comments)))
    opened = tuple((comment, text) for comment, kind, text in comments if kind == "comment")
    return Decrypted(values, opened, mac)


def usable_metadata(document: Document) -> Metadata:
    """The metadata block, if sops can load it. Raises CannotDecrypt, which says why not."""
    if not document.parts:
        raise _cannot(document, document.problems[0].message if document.problems else "it is empty")
    refused = next((p for p in document.problems if p.rule == "invalid-syntax" and not p.minor), None)
    if refused is not None:
        raise _cannot(document, refused.message)
    block = document.metadata
    if block is None or not is_metadata(block):
        raise _cannot(document, "is not sealed: its first document has no sops block")
    metadata = Metadata(block)
    if rfc3339(metadata.lastmodified) is None:
        raise _cannot(document, "its lastmodified is not an RFC 3339 time")
    if len(metadata.selectors) > 1:
        raise _cannot(document, "it stores more than one selector")
    if not is_version(metadata.version):
        raise _cannot(document, "its version is not one that sops reads (3.11.0)")
    return metadata


def _open(leaf: Leaf, store: Store, cover: Cover, opener: Opener) -> Value:
    read_as = leaf.taken_as or leaf.kind
    if not cover.covers(leaf) or read_as in ("null", "empty"):
        refused = Refusal.TYPE if _is_beyond_go(leaf, store) else None
        return Value(leaf, read_as, Plaintext(canonical(leaf, store) or b""), False, refused)
    if read_as != "str":
        return Value(leaf, read_as, None, False, Refusal.MALFORMED)
    try:
        kind, plaintext = opener.open(leaf.text, ":".join(leaf.keys) + ":")
    except Refused as error:
        return Value(leaf, "str", None, True, error.reason)
    if _cannot_be_written(kind, plaintext, store):
        return Value(leaf, kind, None, True, Refusal.TYPE)
    return Value(leaf, kind, plaintext, bool(leaf.text))


def _cannot_be_written(kind: Kind, plaintext: Plaintext, store: Store) -> bool:
    """JSON has no NaN, and a binary file is one text: sops opens such a value, which only another type put
    on it by hand can make, and ends with status 4."""
    if store == "json":
        return kind == "float" and plaintext.reveal() in (b"NaN", b"+Inf", b"-Inf")
    return store == "binary" and kind not in ("str", "comment")


def _is_beyond_go(leaf: Leaf, store: Store) -> bool:
    """A clear YAML value that sops cannot walk: an integer between int64 and uint64, a zone of 24 hours."""
    if leaf.kind == "int" and store == "yaml":
        text = yaml_number(leaf.text, "int")
        return text.isdecimal() and (1 << 63) <= int(text) < (1 << 64) and "." not in text
    return leaf.kind == "time" and leaf.text[-6:-3] in ("+24", "-24")


def _comments(document: Document, cover: Cover, opener: Opener) -> Iterator[tuple[Comment, Kind, Plaintext]]:
    """Comments that open. One that does not is taken for a comment in clear, as sops takes it."""
    for part in document.parts:
        for comment in part.comments:
            if not comment.text.startswith("ENC["):
                continue
            keys = [step for step in comment.path if isinstance(step, str)]
            stand_in = Leaf(comment.path, comment.text, "str", comment.line, comment.column, 0, ())
            if not cover.covers(stand_in) and "comment" not in cover.selector.name:
                continue
            try:
                yield (comment, *opener.open(comment.text, ":".join(keys) + ":"))
            except Refused:
                continue


def _hash(pieces: Iterable[bytes]) -> str:
    """The MAC: SHA-512 over the values, without separators, in upper-case hex."""
    from cryptography.hazmat.primitives.hashes import SHA512, Hash  # hashlib would load another OpenSSL

    digest = Hash(SHA512())
    digest.update(b"".join(pieces))
    return digest.finalize().hex().upper()


def _hashed(
    metadata: Metadata, values: Iterable[Value], comments: Iterable[tuple[Comment, Kind, Plaintext]]
) -> Iterator[bytes]:
    """What the MAC runs over: the values in file order.

    Comments are left out, but for one whose ciphertext is of type ``str``: sops takes it for a value.
    """
    only_encrypted = metadata.mac_only_encrypted
    if only_encrypted:
        yield MAC_ONLY_ENCRYPTED
    posing = [(c.line, c.column, text) for c, kind, text in comments if kind != "comment"]
    for value in values:
        while posing and posing[0][:2] < (value.leaf.line, value.leaf.column):
            yield posing.pop(0)[2].reveal()
        if (
            value.plaintext is not None
            and value.kind != "comment"
            and (value.encrypted or not only_encrypted)
        ):
            yield value.plaintext.reveal()
    for _, _, text in posing:
        yield text.reveal()


def _verdict(metadata: Metadata, opener: Opener, computed: str) -> Mac:
    try:
        kind, stored = opener.open(metadata.mac, rfc3339(metadata.lastmodified) or "")
    except Refused:
        return Mac.UNDECRYPTABLE
    return Mac.VERIFIED if kind == "str" and stored.reveal() == computed.encode() else Mac.MISMATCH


def _cannot(document: Document, reason: str) -> CannotDecrypt:
    return CannotDecrypt(f"{document.path}: {reason}", "restore the last good version of the file")
