"""``vault-references``: what is inside a sealed file is references to Vault and harmless literals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.checks import literal
from sealward.checks.literal import ALLOW, ROTATE, TO_VAULT
from sealward.config import FILE_NAME
from sealward.detectors.tokens.search import known_token
from sealward.finding import Finding, Place, Severity
from sealward.references.bank_vaults import INSIDE
from sealward.references.malformed import NO_DATA, Malformed, nearly
from sealward.references.reference import where
from sealward.references.syntax import is_ciphertext, parse
from sealward.references.vals import CREDENTIALS, LITERAL, elsewhere, is_ignored_address, is_local
from sealward.sealed.contents import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealward.checks.context import Context
    from sealward.document import Document
    from sealward.references.syntax import Reference
    from sealward.sealed.contents import Found, Held


def judge(document: Document, context: Context) -> Iterator[Finding]:
    """Judge every value of a sealed file that can be read; of an unsealed one the form of references."""
    for held in context.values:
        place = place_of(document, held.leaf)
        text = held.plaintext.text()
        if held.references:
            yield from _form(place, context, held.references)
            yield from _elsewhere(place, context, held.references)
        wrong = nearly(text) if held.kind in ("str", "binary", "tag") else None
        if wrong is not None:
            yield _malformed(place, wrong, document)
        if not context.sealed or (held.encrypted and held.kind != "str") or is_ciphertext(text):
            continue
        provider = elsewhere(text)
        if provider in LITERAL:
            yield from _dressed(place, context, provider)
        elif parse(text) or (wrong and not held.references):
            yield from _token(place, context, text)
        else:
            yield from _literal(document, context, held)


def judge_run(found: Sequence[Found]) -> Iterator[Finding]:
    """Over a whole run: secrets that two references pin to different versions, and paths without ``data/``
    on a mount that others show to be KV v2."""
    first: dict[tuple[str, str, str], Found] = {}
    yield from _without_data(found)
    for one in found:
        reference = one.reference
        if reference.version is None:
            continue
        other = first.setdefault(reference.identity, one)
        if other.reference.version != reference.version:
            message = (
                f"pins version {reference.version} of {reference.secret}, and "
                f"{other.place.path}:{other.place.line} pins version {other.reference.version}"
            )
            hint = "pin one version everywhere: `sealward rotate` moves all pins of a secret together"
            yield Finding(rule="mixed-reference", place=one.place, message=message, hint=hint)


def _form(place: Place, context: Context, references: Sequence[Reference]) -> Iterator[Finding]:
    for reference in references:
        syntax = reference.syntax
        if context.settings.syntaxes and syntax not in context.settings.syntaxes:
            message = f"is written in the syntax {syntax!r}, which this repository does not use"
            hint = f"`syntaxes:` in .sealward.yaml allows {', '.join(context.settings.syntaxes)}"
            yield Finding(rule="malformed-reference", place=place, message=message, hint=hint)
        if context.settings.pins == "required" and reference.version is None and reference.is_versioned:
            message = f"refers to {reference.secret}#{reference.key} without a version"
            hint = "pin it (`…#key#VERSION`): an unpinned reference changes without a commit"
            yield Finding(rule="unpinned-reference", place=place, message=message, hint=hint)


def _without_data(found: Sequence[Found]) -> Iterator[Finding]:
    """Of a mount whose kind other references show, a path without ``data/`` reads nothing."""
    versioned = {
        (one.reference.address, one.reference.namespace, one.reference.mount)
        for one in found
        if one.reference.is_versioned and one.reference.syntax not in ("vals", "template")
    }
    for one in found:
        reference = one.reference
        if reference.engine == "other" and reference.syntax != "template":
            mount = (reference.address, reference.namespace, reference.mount)
            if mount in versioned and not reference.path.startswith(("metadata/", "subkeys/", "config")):
                wrong = Malformed(NO_DATA, f"{reference.mount}/data/{reference.path} in its place")
                yield _malformed(one.place, wrong)


def _malformed(place: Place, wrong: Malformed, document: Document | None = None) -> Finding:
    message = f"was meant as a reference to Vault and {wrong.problem}"
    hint = f"write {wrong.suggestion}"
    if document is not None and document.store == "ini" and wrong.suggestion.endswith("#KEY"):
        hint += ", in back-ticks: INI takes a bare # for the begin of a comment"
    severity = Severity.WARNING if wrong.problem == INSIDE else Severity.ERROR
    return Finding(rule="malformed-reference", place=place, message=message, hint=hint, severity=severity)


def _elsewhere(place: Place, context: Context, references: Sequence[Reference]) -> Iterator[Finding]:
    """What makes a deployment ask another server than its own, or show it another credential."""
    for reference in dict.fromkeys(one._replace(key="") for one in references):
        known = not reference.address or context.settings.knows_vault(reference.address)
        if not known and not is_local(reference.address):
            if is_ignored_address(reference):
                message = (
                    f"names a server ({reference.address}) behind its key, where vals does not look for it"
                )
                hint = "put its options before the `#`, or leave them out"
                severity = Severity.WARNING
            else:
                message = (
                    f"refers to {reference.secret} {where(reference)}: whoever deploys sends a token there"
                )
                hint = "leave the address to the deployment; if it is yours, name it under `vaults:`"
                hint += f" in {FILE_NAME}"
                severity = Severity.ERROR
            yield Finding(rule="foreign-vault", place=place, message=message, hint=hint, severity=severity)
        credentials = [one for one in reference.options if one in CREDENTIALS]
        if credentials and not (reference.address and known):
            message = f"names a credential of whoever deploys (`{credentials[0]}`) in its text"
            hint = "leave the login to the deployment (VAULT_TOKEN, VAULT_AUTH_METHOD)"
            yield Finding(rule="foreign-vault", place=place, message=message, hint=hint)


def _dressed(place: Place, context: Context, provider: str) -> Iterator[Finding]:
    if not context.settings.may_be_literal(place.key_path):
        message = f"looks like a reference, and {LITERAL[provider]}: it is not in Vault"
        yield Finding(rule="literal-reference", place=place, message=message, hint=TO_VAULT + ALLOW)


def _token(place: Place, context: Context, text: str) -> Iterator[Finding]:
    """A token in what is written as a reference: as its key, say, where no key is called so."""
    kind = known_token(text)
    if kind and not context.settings.may_be_literal(place.key_path):
        message = f"holds {kind} within a reference"
        yield Finding(rule="literal-secret", place=place, message=message, hint=ROTATE + ALLOW)


def _literal(document: Document, context: Context, held: Held) -> Iterator[Finding]:
    if held.encrypted:
        return literal.inside(document, context.settings, held.leaf, held.plaintext.text())
    return literal.in_clear(document, context.settings, held.leaf)
