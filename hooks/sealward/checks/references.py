"""``vault-references``: what is inside a sealed file is references to Vault and harmless literals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.checks.context import is_sealed
from sealward.checks.literals import secret_in, secret_in_base64
from sealward.document import dotted
from sealward.finding import Finding
from sealward.vault.malformed import nearly
from sealward.vault.reference import find_all, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.checks.context import Context
    from sealward.document import Document, Leaf
    from sealward.vault.reference import Reference

TO_VAULT = "put it into Vault (`bao kv put …`), and a reference such as vault:secret/data/app#key#1 here"
ALLOW = "; if it may stand here, say so under `literals:` in .sealward.yaml"


class Found(NamedTuple):
    """One reference, and where it stands."""

    path: str
    line: int
    column: int
    key_path: str
    reference: Reference

    @property
    def place(self) -> tuple[str, int, int, str]:
        """Path, line, column and key path, as a Finding wants them."""
        return self[:4]


def judge(document: Document, context: Context) -> tuple[list[Finding], list[Found]]:
    """Judge every value of an opened file; of an unsealed one, if asked for, the form of references.

    Returns what is wrong, and every reference that was seen.
    """
    findings: list[Finding] = []
    seen: list[Found] = []
    for leaf, kind, text in _texts(document, context):
        place = (document.path, leaf.line, leaf.column, dotted(leaf.path))
        whole = parse(text)
        references = [whole] if whole else find_all(text)
        seen += [Found(*place, reference) for reference in references]
        if references:
            findings += _form(place, context, references)
        wrong = None if references else nearly(text)
        if wrong is not None:
            message = f"was meant as a reference to Vault and {wrong.problem}"
            findings.append(Finding("malformed-reference", *place, message, f"write {wrong.suggestion}"))
        elif context.opened is not None and kind == "str" and not whole:
            findings += _literal(place, document, context, leaf, text)
    return findings, seen


def mixed(found: Iterable[Found]) -> Iterator[Finding]:
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
                f"{other.path}:{other.line} pins version {other.reference.version}"
            )
            hint = "pin one version everywhere: `sealward rotate` moves all pins of a secret together"
            yield Finding("mixed-reference", *one.place, message, hint)


def _texts(document: Document, context: Context) -> Iterator[tuple[Leaf, str, str]]:
    """The leaves with what they hold: decrypted, or as they stand where the file is not sealed."""
    if context.opened is not None:
        for value in context.opened.values:
            if value.plaintext is not None and value.kind != "comment":
                yield value.leaf, value.kind, value.plaintext.text()
    elif context.asked and not is_sealed(document):
        for leaf in document.leaves:
            yield leaf, leaf.kind, leaf.text


def _form(
    place: tuple[str, int, int, str], context: Context, references: list[Reference]
) -> Iterator[Finding]:
    for reference in references:
        syntax = reference.syntax.partition(" ")[0]
        if context.settings.syntaxes and syntax not in context.settings.syntaxes:
            message = f"is written in the syntax {syntax!r}, which this repository does not use"
            hint = f"`syntaxes:` in .sealward.yaml allows {', '.join(context.settings.syntaxes)}"
            yield Finding("malformed-reference", *place, message, hint)
        if context.settings.pins == "required" and reference.version is None and not reference.is_dynamic:
            message = f"refers to {reference.secret}#{reference.key} without a version"
            hint = "pin it (`…#key#VERSION`): an unpinned reference changes without a commit"
            yield Finding("unpinned-reference", *place, message, hint)


def _literal(
    place: tuple[str, int, int, str], document: Document, context: Context, leaf: Leaf, text: str
) -> Iterator[Finding]:
    if context.settings.may_be_literal(place[3]):
        return
    held = secret_in_base64(text, leaf.path) if _is_base64(document, leaf) else None
    held = held or secret_in(text, leaf.path)
    if held:
        message = f"holds {held}, and no reference to Vault"
        yield Finding("literal-secret", *place, message, TO_VAULT + ALLOW)


def _is_base64(document: Document, leaf: Leaf) -> bool:
    """Whether a leaf is a value of a Kubernetes Secret's ``data``."""
    if leaf.path[:1] != ("data",) or len(leaf.path) != 2:
        return False
    part = document.parts[leaf.part]
    return any(other.path == ("kind",) and other.text == "Secret" for other in part.leaves)
