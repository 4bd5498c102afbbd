"""A sealed file as ``git diff`` shows it: its own text, each ciphertext replaced by what may be shown of
it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.differences.masking import Mask
from sealward.document import parse
from sealward.errors import SealwardError
from sealward.patterns import late
from sealward.sealed.marks import is_sealed, looks_sealed
from sealward.sops.format.recipients import short
from sealward.sops.reading.data_key import NoDataKey, recover
from sealward.sops.reading.decrypted import Mac
from sealward.sops.reading.decryption import decrypt, usable_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.differences.masking import View
    from sealward.document import Document
    from sealward.plaintext import Plaintext
    from sealward.sops.reading.decrypted import Decrypted
    from sealward.sops.reading.identities import Identities

_SEALED = late(r"ENC\[AES256_GCM,[^\]\r\n]*\]")
_MARKED = re.compile(
    r"^<{7}[^\n]*\n(?P<ours>(?:(?!={7}$|\|{7})[^\n]*\n)*)(?:\|{7}[^\n]*\n(?:(?!={7}$)[^\n]*\n)*)?"
    r"={7}\n(?P<theirs>(?:(?!>{7})[^\n]*\n)*)>{7}[^\n]*\n",
    re.MULTILINE,
)


def converted(path: str, data: bytes, identities: Identities, view: View, key: Plaintext | None) -> bytes:
    """A file as it is shown; one that is not sealed as it is. ``path`` is its name, perhaps of a
    temporary file; ``key`` that of the tags."""
    if not looks_sealed(data):
        return data
    text = data.decode("utf-8", "surrogateescape")
    shown: dict[str, str] = {}
    document = parse(path, data)
    variants = [document] if document.parts and not _has_marks(document) else list(_variants(path, text))
    if not any(is_sealed(one) for one in variants):
        return data
    mask = Mask(view, key)
    head: list[str] = []
    for one in variants:
        opened, mask = _opened(one, identities, view, key)
        head = head or list(_head(one, opened))
        shown |= _texts(one, opened, mask)
    body = text if _has_marks(document) else _without_block(text, document)
    body = _SEALED.sub(lambda match: shown.get(match[0]) or mask.sealed(match[0]), body)
    made = body if body.endswith("\n") or not body else f"{body}\n"
    return (made + "".join(f"# {line}\n" for line in head)).encode("utf-8", "surrogateescape")


def _opened(
    document: Document, identities: Identities, view: View, key: Plaintext | None
) -> tuple[Decrypted | None, Mask]:
    """What is inside, where a key is at hand, and how it is shown."""
    try:
        opened = decrypt(document, identities)
    except SealwardError:
        return None, Mask(view, key)
    if key is None:
        try:
            key = recover(document.path, usable_metadata(document), identities)
        except NoDataKey:
            key = None
    return opened, Mask(view, key)


def _texts(document: Document, opened: Decrypted | None, mask: Mask) -> dict[str, str]:
    """What is shown for each ciphertext."""
    if opened is None:
        return {}
    found = {value.leaf.text: mask.value(value) for value in opened.values if value.encrypted}
    for comment, plaintext in opened.comments:
        found[comment.text.strip()] = mask.comment(comment.text.strip(), plaintext)
    return found


def _head(document: Document, opened: Decrypted | None) -> Iterator[str]:
    """For whom, and how, a file is sealed: what of the metadata means something in a diff."""
    try:
        metadata = usable_metadata(document)
    except SealwardError as error:
        yield f"sealed, and damaged: {error.message}"
        return
    for number, group in enumerate(metadata.groups, 1):
        names = ", ".join(sorted(f"{key.kind} {short(key.name)}" for key in group))
        several = f" group {number} of {len(metadata.groups)}," if len(metadata.groups) > 1 else ""
        yield f"sealed for{several} {names}"
    if len(metadata.groups) > 1:
        yield f"threshold: {metadata.shamir_threshold or len(metadata.groups)} groups"
    for selector in metadata.selectors:
        yield f"selector: {selector.name} {selector.value}"
    if metadata.mac_only_encrypted:
        yield "the MAC covers encrypted values only"
    if opened is not None and opened.mac is not Mac.VERIFIED:
        yield f"MAC: {opened.mac.value}"


def _has_marks(document: Document) -> bool:
    return any(problem.rule == "conflict-markers" for problem in document.problems)


def _variants(path: str, text: str) -> Iterator[Document]:
    """A file with conflict markers, as each side has it."""
    for side in ("ours", "theirs"):
        variant = _MARKED.sub(lambda match, side=side: match[side], text)  # type: ignore[misc]
        yield parse(path, variant.encode("utf-8", "surrogateescape"))


def _without_block(text: str, document: Document) -> str:
    """The text without its metadata, where that stands in lines of its own."""
    lines = text.split("\n")
    kept: list[str] = []
    inside: str | None = None
    for line in lines:
        if inside is not None:
            if _goes_on(document.store, inside, line):
                if document.store == "json" and line == f"{inside}}}":
                    inside = None
                continue
            inside = None
        begin = _begins(document.store, line)
        if begin is not None:
            inside = begin
            continue
        kept.append(line)
    return "\n".join(kept)


def _begins(store: str, line: str) -> str | None:
    """What a line begins of the metadata block: its indentation; None for another line."""
    if store == "yaml":
        return "" if line.rstrip() == "sops:" else None
    if store == "dotenv":
        return "" if line.startswith("sops_") else None
    if store == "ini":
        return "" if line.strip() == "[sops]" else None
    stripped = line.strip()
    return line[: len(line) - len(line.lstrip())] if stripped == '"sops": {' else None


def _goes_on(store: str, indent: str, line: str) -> bool:
    if store == "yaml":
        return line.startswith((" ", "\t"))
    if store == "dotenv":
        return line.startswith("sops_")
    if store == "ini":
        return not line.startswith("[")
    return line.startswith((f"{indent} ", f"{indent}\t", f"{indent}}}"))
