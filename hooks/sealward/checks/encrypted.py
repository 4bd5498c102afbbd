"""``sops-encrypted``: a file that must be sealed is, and every leaf that its selector covers is encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.checks import sealed_comments, sealed_metadata, sealed_values
from sealward.checks.context import is_sealed
from sealward.document import dotted
from sealward.finding import Finding, Severity
from sealward.sops.ciphertext import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.checks.claims import Claim
    from sealward.checks.context import Context
    from sealward.document import Document

SEAL = "seal it: `sops encrypt --in-place {path}`"


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Judge one file.

    Yields every defect that SOPS's format lets one see without a key: the text, the metadata block,
    each value, each comment. Nothing for a file that need not be sealed and does not say it is.
    """
    if context.sealed_sibling and not is_sealed(document):
        yield _decrypted_copy(document, context)
    elif is_sealed(document):
        yield from _problems(document)
        yield from sealed_metadata.findings(document)
        yield from sealed_values.findings(document)
        yield from sealed_comments.findings(document)
    else:
        yield from _unsealed(document, context)


def _unsealed(document: Document, context: Context) -> Iterator[Finding]:
    encrypted = next((leaf for leaf in document.leaves if parse(leaf.text) is not None), None)
    unreadable = bool(document.problems) and not document.parts
    if unreadable and (_is_envelope(document) or looks_sealed_text(document.text) or _was_sealed(context)):
        yield from _problems(document)
    elif encrypted is not None:
        yield from _problems(document)
        yield Finding(
            "metadata-missing",
            document.path,
            encrypted.line,
            encrypted.column,
            dotted(encrypted.path),
            "holds SOPS ciphertext but no `sops` metadata block: nothing can decrypt it",
            "restore the block from the last good version (`git log -p`), or seal the plaintext again",
        )
    else:
        from sealward.checks.claims import Claim, claim

        found = Claim("it is sealed in HEAD", None) if _was_sealed(context) else claim(document, context)
        if found is not None:
            yield from _problems(document)
            yield _not_sealed(document, found)


def looks_sealed_text(text: str) -> bool:
    """Whether text that cannot be parsed was once a sealed file, perhaps cut off: it holds ciphertext."""
    return "ENC[AES256_GCM," in text and "sops" in text


def _is_envelope(document: Document) -> bool:
    """A file of the binary store is only ever reported as unreadable if it begins as sops's JSON does."""
    return document.store == "binary"


def _was_sealed(context: Context) -> bool:
    return any(is_sealed(previous) for previous in context.previous)


def _problems(document: Document) -> Iterator[Finding]:
    hints = {
        "conflict-markers": "resolve the conflict by taking one side whole: merged ciphertext fails its MAC",
        "duplicate-key": "keep one of the two, through `sops edit`",
        "hidden-plaintext": "delete what does not belong to the sealed document",
        "invalid-syntax": "restore the last good version (`git checkout HEAD -- {path}`)",
    }
    for problem in document.problems:
        hint = hints[problem.rule].format(path=document.path)
        yield Finding(problem.rule, document.path, problem.line, problem.column, "", problem.message, hint)


def _not_sealed(document: Document, found: Claim) -> Finding:
    leaf = found.leaf or next((leaf for leaf in document.leaves if leaf.kind == "str" and leaf.text), None)
    line, column, key_path = (leaf.line, leaf.column, dotted(leaf.path)) if leaf else (1, 1, "")
    return Finding(
        "not-sealed",
        document.path,
        line,
        column,
        key_path,
        f"is not SOPS-encrypted, but must be: {found.reason}",
        SEAL.format(path=document.path),
    )


def _decrypted_copy(document: Document, context: Context) -> Finding:
    return Finding(
        "decrypted-copy",
        document.path,
        1,
        1,
        "",
        f"is a plaintext copy or an editor's leftover of the sealed file {context.sealed_sibling}",
        f"take it out of Git (`git rm --cached {document.path}`) and add its pattern to .gitignore",
        Severity.ERROR,
    )
