"""The values of a sealed file: each one that the selector covers is one whole, well-formed ciphertext."""

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

    from sealward.document import Document, Leaf
    from sealward.sops.format.metadata import Metadata
    from sealward.sops.format.selection import Cover, Selector


def findings(document: Document) -> Iterator[Finding]:
    """Yield what is wrong with the values and with the selector."""
    metadata = metadata_of(document)
    cover = cover_of(document, metadata)
    if metadata is not None:
        yield from _selector(document, metadata, cover)
    for leaf in document.leaves:
        if leaf.taken_as and not cover.covers(leaf):
            yield _untrue(document, leaf)
        elif ciphertext.looks_encrypted(leaf.text) and not leaf.taken_as:
            yield from _ciphertext(document, leaf, cover)
        elif not may_be_clear(leaf) and cover.covers(leaf):
            yield _plaintext(document, leaf)
    yield from _nonces(document)


def may_be_clear(leaf: Leaf) -> bool:
    """Whether sops writes such a value in clear even where the selector covers it."""
    return leaf.kind in ("null", "empty") or not leaf.text


def _selector(document: Document, metadata: Metadata, cover: Cover) -> Iterator[Finding]:
    selector = cover.selector
    line, column = metadata.place(selector.name)
    hint = "fix the pattern in the creation rule, then seal the plaintext again (`sops encrypt`)"
    leaves = document.leaves
    if not cover.valid:
        message = "is not an RE2 pattern: sops lets it match nothing"
    elif all(map(may_be_clear, leaves)) or any(
        ciphertext.looks_encrypted(leaf.text) or cover.covers(leaf) for leaf in leaves
    ):
        return
    else:
        message = "selects nothing here: every value stands in clear"
    yield Finding(
        rule="inert-selector",
        place=Place(document.path, line, column, f"sops.{selector.name}"),
        message=f"the {selector.name} {_shown(selector)} {message}",
        hint=hint,
    )


def _shown(selector: Selector) -> str:
    """Enough of it to know it by: what is longer may be no selector at all."""
    value = selector.value
    return (
        repr(value if len(value) <= 60 else f"{value[:40]}…") if " " not in value else "(a text with blanks)"
    )


def _ciphertext(document: Document, leaf: Leaf, cover: Cover) -> Iterator[Finding]:
    defect = ciphertext.defect(leaf.text)
    if defect is None and ciphertext.is_readable(leaf.text):
        yield _readable(document, leaf)
    place = Place(document.path, leaf.line, leaf.column, dotted(leaf.path))
    if defect is None:
        if not cover.covers(leaf):
            message = "is encrypted, though the selector leaves it in clear: sops will not decrypt it"
            hint = "was the key renamed, or the file encrypted twice? set it again with `sops edit`"
            yield Finding(
                rule="unexpected-ciphertext",
                place=place,
                message=message,
                hint=hint,
                severity=Severity.WARNING,
            )
    elif ciphertext.trailing_text(leaf.text):
        message = "has text after the ciphertext's bracket: sops drops it, and it stays in Git in clear"
        yield Finding(
            rule="hidden-plaintext",
            place=place,
            message=message,
            hint="remove it, and rotate the secret if it is one",
        )
    else:
        hint = "restore the value from the last good version, or set it again with `sops set`"
        yield Finding(rule="malformed-ciphertext", place=place, message=f"the value {defect}", hint=hint)


def _plaintext(document: Document, leaf: Leaf) -> Finding:
    place = Place(document.path, leaf.line, leaf.column, dotted(leaf.path))
    if ciphertext.parse(leaf.text.strip().strip("\"'")) is not None:
        message = (
            "is ciphertext in quotes or between blanks, which sops takes for plain text and cannot decrypt"
        )
        hint = "remove what stands around ENC[…]: sops knows no quotes here"
        return Finding(rule="plaintext-value", place=place, message=message, hint=hint)
    return Finding(
        rule="plaintext-value",
        place=place,
        message="stands in clear, though the file's selector covers it",
        hint=f"undo it and set the value with `sops edit {shell.path(document.path)}`;"
        " if it is a secret, rotate it",
    )


def _untrue(document: Document, leaf: Leaf) -> Finding:
    return Finding(
        rule="hidden-plaintext",
        place=Place(document.path, leaf.line, leaf.column, dotted(leaf.path)),
        message="has a tag that its text does not fit: sops takes it for null, and it stays in Git in clear",
        hint="remove the text, and rotate the secret if it is one",
    )


def _readable(document: Document, leaf: Leaf) -> Finding:
    return Finding(
        rule="readable-ciphertext",
        place=Place(document.path, leaf.line, leaf.column, dotted(leaf.path)),
        message="is plain text in Base64, dressed as ciphertext: anybody reads it",
        hint=f"set the value with `sops edit {shell.path(document.path)}`, and rotate the secret",
    )


def _nonces(document: Document) -> Iterator[Finding]:
    """sops draws a nonce for every value, and keeps it only where value and key path are unchanged."""
    seen: dict[str, tuple[str, tuple[str, ...]]] = {}
    for leaf in document.leaves:
        value = ciphertext.parse(leaf.text) if ciphertext.looks_encrypted(leaf.text) else None
        if value is None or value.type == "comment":
            continue
        known = seen.setdefault(value.iv, (value.data + value.tag, leaf.keys))
        if known != (value.data + value.tag, leaf.keys):
            moved = known[0] == value.data + value.tag
            message = (
                "is the ciphertext of another key, copied: it cannot be decrypted here"
                if moved
                else "uses the nonce of another value: one of the two cannot be decrypted"
            )
            hint = "set the value again with `sops set`"
            yield Finding(
                rule="reused-nonce",
                place=Place(document.path, leaf.line, leaf.column, dotted(leaf.path)),
                message=message,
                hint=hint,
            )
