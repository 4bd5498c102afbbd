"""A value of a sealed file that is a secret itself: said in the same words by every check that sees it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sealward.detectors import secret_in
from sealward.finding import Finding
from sealward.sealed.contents import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealward.config import Settings
    from sealward.document import Document, Leaf
    from sealward.document.model import Path

TO_VAULT = "put it into Vault (`bao kv put …`), and a reference such as vault:secret/data/app#key#1 here"
ROTATE = f"rotate it, {TO_VAULT}"
_SHORT = 200
"""Characters of a text that is remembered."""

ALLOW = "; if it may stand here, say so under `literals:` in .sealward.yaml"


def inside(document: Document, settings: Settings, leaf: Leaf, text: str) -> Iterator[Finding]:
    """Judge the text that a ciphertext holds."""
    kind = _held(document, settings, leaf, text, "str")
    if kind:
        message = f"holds {kind}, and no reference to Vault"
        yield Finding(
            rule="literal-secret", place=place_of(document, leaf), message=message, hint=TO_VAULT + ALLOW
        )


def in_clear(document: Document, settings: Settings, leaf: Leaf) -> Iterator[Finding]:
    """Judge a value that stands in clear in a sealed file: no key is needed to read it, for nobody."""
    kind = _held(document, settings, leaf, leaf.text, leaf.kind, in_clear_text)
    if kind:
        message = f"holds {kind}, and stands in clear for everybody: the file's selector does not cover it"
        yield Finding(
            rule="literal-secret", place=place_of(document, leaf), message=message, hint=ROTATE + ALLOW
        )


def in_clear_text(text: str, path: Path, kind: str) -> str | None:
    """``secret_in`` for what everybody can read. It remembers short texts: files of one repository have most
    of their keys, and what stands in clear under them, in common."""
    return _remembered(text, path, kind) if len(text) <= _SHORT else secret_in(text, path, kind)


_remembered = lru_cache(maxsize=1 << 13)(secret_in)


def _held(
    document: Document,
    settings: Settings,
    leaf: Leaf,
    text: str,
    kind: str,
    judge: Callable[[str, Path, str], str | None] = secret_in,
) -> str | None:
    if settings.literals and settings.may_be_literal(place_of(document, leaf).key_path):
        return None
    as_data = judge(text, leaf.path, "data") if _is_data(document, leaf) else None
    return as_data or judge(text, leaf.path, kind)


def _is_data(document: Document, leaf: Leaf) -> bool:
    """Whether a leaf is a value of a Kubernetes Secret's ``data``: Base64."""
    if leaf.path[:1] != ("data",) or len(leaf.path) != 2:
        return False
    part = document.parts[leaf.part]
    return any(other.path == ("kind",) and other.text == "Secret" for other in part.leaves)
