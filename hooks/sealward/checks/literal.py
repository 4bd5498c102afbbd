"""A value of a sealed file that is a secret itself: said in the same words by every check that sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.detectors import secret_in
from sealward.finding import Finding
from sealward.sealed.contents import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.config import Settings
    from sealward.document import Document, Leaf

TO_VAULT = "put it into Vault (`bao kv put …`), and a reference such as vault:secret/data/app#key#1 here"
ROTATE = f"rotate it, {TO_VAULT}"
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
    kind = _held(document, settings, leaf, leaf.text, leaf.kind)
    if kind:
        message = f"holds {kind}, and stands in clear for everybody: the file's selector does not cover it"
        yield Finding(
            rule="literal-secret", place=place_of(document, leaf), message=message, hint=ROTATE + ALLOW
        )


def _held(document: Document, settings: Settings, leaf: Leaf, text: str, kind: str) -> str | None:
    if settings.may_be_literal(place_of(document, leaf).key_path):
        return None
    as_data = secret_in(text, leaf.path, "data") if _is_data(document, leaf) else None
    return as_data or secret_in(text, leaf.path, kind)


def _is_data(document: Document, leaf: Leaf) -> bool:
    """Whether a leaf is a value of a Kubernetes Secret's ``data``: Base64."""
    if leaf.path[:1] != ("data",) or len(leaf.path) != 2:
        return False
    part = document.parts[leaf.part]
    return any(other.path == ("kind",) and other.text == "Secret" for other in part.leaves)
