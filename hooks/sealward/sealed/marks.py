"""Are these bytes sealed? Cheaply, before anything is parsed; and exactly, once it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document import parse
from sealward.document.text import narrowed
from sealward.sops.format.metadata import is_metadata

if TYPE_CHECKING:
    from sealward.document import Document

CIPHERTEXT = "ENC[AES256_GCM,"
"""How every ciphertext of sops begins."""


def looks_sealed(data: bytes) -> bool:
    """Whether a file may carry ciphertext or a SOPS metadata block. Never wrong where it says no."""
    data = narrowed(data)
    if b"ENC[AES256_GCM" in data:
        return True
    return b"sops" in data and (b"lastmodified" in data or b"mac" in data)


def is_sealed(document: Document) -> bool:
    """Whether any document of the file carries a SOPS metadata block."""
    return any(is_metadata(part.metadata) for part in document.parts)


def is_torn(document: Document) -> bool:
    """Whether text that cannot be parsed was a sealed file once: cut off, or in the middle of a merge."""
    return not document.parts and CIPHERTEXT in document.text and "sops" in document.text


def are_sealed(path: str, data: bytes) -> bool:
    """Whether these bytes, under this name, are a file that carries a SOPS metadata block."""
    return looks_sealed(data) and is_sealed(parse(path, data))
