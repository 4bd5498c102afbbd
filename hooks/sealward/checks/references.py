"""``vault-references``: what is inside a sealed file is references to Vault and harmless literals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.detectors.literals import secret_in, secret_in_base64
from sealward.finding import Finding, Place
from sealward.references.malformed import nearly
from sealward.references.syntax import parse
from sealward.sealed.contents import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealward.checks.context import Context
    from sealward.document import Document, Leaf
    from sealward.references.syntax import Reference
    from sealward.sealed.contents import Found, Held

TO_VAULT = "put it into Vault (`bao kv put …`), and a reference such as vault:secret/data/app#key#1 here"
ROTATE = f"rotate it, {TO_VAULT}"
ALLOW = "; if it may stand here, say so under `literals:` in .sealward.yaml"


def judge(document: Document, context: Context) -> Iterator[Finding]:
    """Judge every value of a sealed file that can be read; of an unsealed one the form of references."""
    for held in context.values:
        place = place_of(document, held.leaf)
        text = held.plaintext.text()
        if held.references:
            yield from _form(place, context, held.references)
        wrong = None if held.references else nearly(text)
        if wrong is not None:
            message = f"was meant as a reference to Vault and {wrong.problem}"
            yield Finding(
                rule="malformed-reference", place=place, message=message, hint=f"write {wrong.suggestion}"
            )
        elif context.sealed and held.kind == "str" and not (held.references and parse(text)):
            yield from _literal(place, document, context, held)


def judge_run(found: Sequence[Found]) -> Iterator[Finding]:
    """Over a whole run: secrets that two references pin to different versions."""
    first: dict[str, Found] = {}
    for one in found:
        reference = one.reference
        if reference.version is None:
            continue
        other = first.setdefault(reference.secret, one)
        if other.reference.version != reference.version:
            message = (
                f"pins version {reference.version} of {reference.secret}, and "
                f"{other.place.path}:{other.place.line} pins version {other.reference.version}"
            )
            hint = "pin one version everywhere: `sealward rotate` moves all pins of a secret together"
            yield Finding(rule="mixed-reference", place=one.place, message=message, hint=hint)


def _form(place: Place, context: Context, references: Sequence[Reference]) -> Iterator[Finding]:
    for reference in references:
        syntax = reference.syntax.partition(" ")[0]
        if context.settings.syntaxes and syntax not in context.settings.syntaxes:
            message = f"is written in the syntax {syntax!r}, which this repository does not use"
            hint = f"`syntaxes:` in .sealward.yaml allows {', '.join(context.settings.syntaxes)}"
            yield Finding(rule="malformed-reference", place=place, message=message, hint=hint)
        if context.settings.pins == "required" and reference.version is None and not reference.is_dynamic:
            message = f"refers to {reference.secret}#{reference.key} without a version"
            hint = "pin it (`…#key#VERSION`): an unpinned reference changes without a commit"
            yield Finding(rule="unpinned-reference", place=place, message=message, hint=hint)


def _literal(place: Place, document: Document, context: Context, held: Held) -> Iterator[Finding]:
    if context.settings.may_be_literal(place.key_path):
        return
    text, path = held.plaintext.text(), held.leaf.path
    kind = secret_in_base64(text, path) if _is_base64(document, held.leaf) else None
    kind = kind or secret_in(text, path)
    if kind and held.encrypted:
        message = f"holds {kind}, and no reference to Vault"
        yield Finding(rule="literal-secret", place=place, message=message, hint=TO_VAULT + ALLOW)
    elif kind:
        message = f"holds {kind}, and stands in clear for everybody: the file's selector does not cover it"
        yield Finding(rule="literal-secret", place=place, message=message, hint=ROTATE + ALLOW)


def _is_base64(document: Document, leaf: Leaf) -> bool:
    """Whether a leaf is a value of a Kubernetes Secret's ``data``."""
    if leaf.path[:1] != ("data",) or len(leaf.path) != 2:
        return False
    part = document.parts[leaf.part]
    return any(other.path == ("kind",) and other.text == "Secret" for other in part.leaves)
