"""The metadata block of a sealed file: complete, well-formed, and no place to hide plaintext in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.checks.context import metadata_of
from sealward.finding import Finding, Place, Severity
from sealward.sops.format import age_file, ciphertext
from sealward.sops.format.field_shapes import impossible_field, impossible_key_fields
from sealward.sops.format.metadata import KEY_FIELDS, OPTIONAL_FIELDS, Metadata, is_metadata
from sealward.sops.format.recipients import short
from sealward.times import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.document import Document, Part
    from sealward.document.model import Node
    from sealward.sops.format.metadata import Key

_RESTORE = "restore the `sops` block from the last good version (`git log -p`), or seal the plaintext again"


def findings(document: Document) -> Iterator[Finding]:
    """Yield what is wrong with the block, its keys, and the blocks of further YAML documents."""
    metadata = metadata_of(document)
    if metadata is None:
        line = document.parts[0].line
        message = "the first document has no `sops` metadata block, the only one that sops reads"
        yield Finding(
            rule="metadata-missing", place=Place(document.path, line, 1), message=message, hint=_RESTORE
        )
        return
    yield from _fields(document, metadata)
    yield from _shapes(document, metadata)
    yield from _mac(document, metadata)
    for group in metadata.groups:
        for key in group:
            yield from _key(document, key, shares=len(metadata.groups) > 1)
    for part in document.parts[1:]:
        yield from _further(document, part)


def _fields(document: Document, metadata: Metadata) -> Iterator[Finding]:
    for name in ("mac", "lastmodified", "version"):
        if not getattr(metadata, name):
            yield _incomplete(document, metadata, name, f"`{name}` is missing or empty")
    if metadata.lastmodified and rfc3339(metadata.lastmodified) is None:
        yield _incomplete(document, metadata, "lastmodified", "`lastmodified` is not an RFC 3339 time")
    if not metadata.keys:
        yield _incomplete(document, metadata, "", "there is no recipient: nobody can decrypt the file")
    elif not all(metadata.groups):
        yield _incomplete(document, metadata, "key_groups", "a key group has no recipient")
    if len(metadata.groups) > 1 and metadata.shamir_threshold > len(metadata.groups):
        yield _incomplete(
            document, metadata, "shamir_threshold", "the threshold exceeds the number of key groups"
        )
    if len(metadata.selectors) > 1:
        names = " and ".join(selector.name for selector in metadata.selectors)
        yield _incomplete(document, metadata, metadata.selectors[1].name, f"{names} exclude each other")
    for field in metadata.unknown:
        message = "is not a field of a SOPS metadata block: sops ignores it, and it stays in Git in clear"
        hint = "remove it; sops itself drops it when it next writes the file"
        yield Finding(
            rule="hidden-plaintext",
            place=Place(document.path, field.line, field.column, f"sops.{field.name}"),
            message=message,
            hint=hint,
        )


def _shapes(document: Document, metadata: Metadata) -> Iterator[Finding]:
    """Fields whose value sops cannot have written. The value may be a secret: it is not shown."""
    for name, text in metadata.texts.items():
        wrong = impossible_field(name, text)
        if wrong:
            yield _hidden(document, metadata.place(name), name, f"`{name}` {wrong}")
    for key in metadata.keys:
        for name in impossible_key_fields(key):
            message = f"`{name}` of this {key.kind} key is not one"
            yield _hidden(document, (key.line, key.column), key.kind, message)


def _hidden(document: Document, at: tuple[int, int], name: str, message: str) -> Finding:
    return Finding(
        rule="hidden-plaintext",
        place=Place(document.path, *at, f"sops.{name}"),
        message=f"{message}: sops does not write that, and it stands in clear for everybody",
        hint=f"{_RESTORE}; rotate what stands there if it is a secret",
    )


def _mac(document: Document, metadata: Metadata) -> Iterator[Finding]:
    if not metadata.mac:
        return
    value = ciphertext.parse(metadata.mac)
    place = Place(document.path, *metadata.place("mac"), "sops.mac")
    if value is None:
        if ciphertext.trailing_text(metadata.mac):
            yield Finding(
                rule="hidden-plaintext",
                place=place,
                message="has text after the ciphertext's bracket",
                hint="remove it",
            )
        else:
            reason = (
                ciphertext.defect(metadata.mac)
                if metadata.mac.startswith("ENC[")
                else "is not SOPS ciphertext"
            )
            yield Finding(
                rule="malformed-ciphertext", place=place, message=f"the value {reason}", hint=_RESTORE
            )
    elif value.length != ciphertext.MAC_BYTES or value.type != "str":
        message = f"the value is not a MAC: {value.length} bytes of type {value.type}, not 128 of type str"
        yield Finding(rule="malformed-ciphertext", place=place, message=message, hint=_RESTORE)


def _key(document: Document, key: Key, shares: bool) -> Iterator[Finding]:
    place = Place(document.path, key.line, key.column, f"sops.{key.kind}")
    missing = [
        name for name in KEY_FIELDS[key.kind] if name not in OPTIONAL_FIELDS and not key.fields.get(name)
    ]
    if missing:
        message = f"a {key.kind} key lacks {' and '.join(f'`{name}`' for name in missing)}"
        yield Finding(rule="metadata-incomplete", place=place, message=message, hint=_RESTORE)
        return
    damage = age_file.damage(key.kind, key.enc, key.name, shares)
    if damage:
        message = f"the encrypted data key for {short(key.name)} {damage}"
        hint = "run `sealward reencrypt` with a key that still opens the file, or restore the block"
        yield Finding(rule="damaged-key", place=place, message=message, hint=hint)


def _further(document: Document, part: Part) -> Iterator[Finding]:
    """sops repeats the block in every YAML document, and discards all but the first unread."""
    first = document.parts[0].metadata
    assert first is not None
    if part.metadata is None or not is_metadata(part.metadata):
        filled = any(leaf.text for leaf in part.leaves)
        message = "a further YAML document without a `sops` block: it lies outside the seal"
        hint = "take it out, and seal the documents together (`sops edit`)"
        severity = Severity.ERROR if filled else Severity.WARNING
        yield Finding(
            rule="plaintext-document",
            place=Place(document.path, part.line, 1),
            message=message,
            hint=hint,
            severity=severity,
        )
    elif _plain(part.metadata) != _plain(first):
        message = "this document's `sops` block differs from the first one's; sops discards it unread"
        hint = "make the blocks equal by letting sops write the file (`sops edit`)"
        place = Place(document.path, part.metadata.line, part.metadata.column, "sops")
        yield Finding(rule="hidden-plaintext", place=place, message=message, hint=hint)


def _plain(node: Node) -> object:
    entries = getattr(node, "entries", None)
    if entries is not None:
        return sorted((entry.key.text, repr(_plain(entry.value))) for entry in entries)
    items = getattr(node, "items", None)
    return [_plain(item) for item in items] if items is not None else getattr(node, "text", "")


def _incomplete(document: Document, metadata: Metadata, name: str, message: str) -> Finding:
    key_path = f"sops.{name}" if name else "sops"
    return Finding(
        rule="metadata-incomplete",
        place=Place(document.path, *metadata.place(name), key_path),
        message=message,
        hint=_RESTORE,
    )
