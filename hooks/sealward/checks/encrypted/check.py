"""``sops-encrypted``: a file that must be sealed is, and every leaf that its selector covers is
encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward import shell
from sealward.checks.encrypted import clear, comments, metadata, values
from sealward.document import dotted
from sealward.finding import Finding, Place, Severity
from sealward.sealed.marks import is_sealed, is_torn
from sealward.sops.format.ciphertext import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.checks.context import Context
    from sealward.claims.claim import Claim
    from sealward.document import Document


def judge(document: Document, context: Context) -> Iterator[Finding]:
    """Judge one file.

    Yields every defect that SOPS's format lets one see without a key: the text, the metadata block,
    each value, each comment. Nothing for a file that need not be sealed and does not say it is.
    """
    if _is_copy(document, context):
        yield _decrypted_copy(document, context)
    elif is_sealed(document):
        yield from _problems(document)
        yield from metadata.findings(document)
        yield from values.findings(document)
        yield from comments.findings(document)
        yield from clear.findings(document, context)
    else:
        yield from _unsealed(document, context)


def _claim(document: Document, context: Context) -> Claim | None:
    """By the rules as they are, and by those from before: a range of commits does not excuse itself."""
    from sealward.claims.claim import Circumstances, claim

    rules = [(context.rule, context.rule_path), (context.rule_before, context.rule_path_before)]
    for rule, path in rules if context.rule_before is not None else rules[:1]:
        found = claim(document, Circumstances(context.data, context.forced, rule, path))
        if found is not None:
            return found
    return None


def _is_copy(document: Document, context: Context) -> bool:
    if context.sealed_sibling in ("", document.path) or is_sealed(document):
        return False
    if context.sibling_is_sealed:
        return True
    from sealward.claims.copies import holds_secret

    return holds_secret(document)


def _unsealed(document: Document, context: Context) -> Iterator[Finding]:
    encrypted = next((leaf for leaf in document.leaves if parse(leaf.text) is not None), None)
    unreadable = bool(document.problems) and not document.parts
    if unreadable and (_is_envelope(document) or is_torn(document) or _was_sealed(context)):
        yield from _problems(document)
    elif encrypted is not None:
        yield from _problems(document)
        yield Finding(
            rule="metadata-missing",
            place=Place(document.path, encrypted.line, encrypted.column, dotted(encrypted.path)),
            message="holds SOPS ciphertext but no `sops` metadata block: nothing can decrypt it",
            hint="restore the block from the last good version (`git log -p`), or seal the plaintext again",
        )
    else:
        from sealward.claims.claim import Claim

        found = Claim("it is sealed in HEAD", None) if _was_sealed(context) else _claim(document, context)
        if found is None and context.sealed_sibling == document.path:
            found = Claim("another version of it is sealed", None)
        if found is not None:
            if found.leaf is None or document.parts:
                yield from _problems(document)
            yield _not_sealed(document, found, context)


def _is_envelope(document: Document) -> bool:
    """A file of the binary store is only ever reported as unreadable if it begins as sops's JSON does."""
    return document.store == "binary"


def _was_sealed(context: Context) -> bool:
    return any(is_sealed(previous) for previous in context.previous)


def _problems(document: Document) -> Iterator[Finding]:
    hints = {
        "conflict-markers": (
            "`sealward merge {word}` merges the versions by key path, `sealward merge --continue {word}`"
            " finishes what was settled by hand; or take one side whole: ciphertext merged as text fails its"
            " MAC"
        ),
        "duplicate-key": "keep one of the two, through `sops edit`",
        "hidden-plaintext": "delete what does not belong to the sealed document",
        "invalid-syntax": "restore the last good version (`git checkout HEAD -- {path}`)",
    }
    for problem in document.problems:
        hint = problem.hint or hints[problem.rule].format(
            path=shell.pathspec(document.path), word=shell.path(document.path)
        )
        yield Finding(
            rule=problem.rule,
            place=Place(document.path, problem.line, problem.column),
            message=problem.message,
            hint=hint,
            severity=Severity.WARNING if problem.minor else Severity.ERROR,
        )


def _how_to_seal(document: Document, context: Context) -> str:
    """The command, which needs ``--config`` where sops would not find the rule by itself. sops has
    nothing to seal in an empty file, and says so by "EOF"."""
    name = shell.path(document.path)
    # sops itself looks for `.sops.yaml` alone, and from the current folder upwards: here from the top.
    here = context.rule is None or context.rules_file == ".sops.yaml"
    sops = "sops" if here else f"sops --config {shell.path(context.rules_file)}"
    if document.store != "binary" and not document.problems and not any(p.root for p in document.parts):
        return (
            f"it is empty, and sops seals no empty file: remove it, then `{sops} edit {name}` makes it again"
        )
    if context.rule is None:
        return f"seal it: `sops encrypt --in-place {name}`, once a creation rule of .sops.yaml names it"
    return f"seal it: `{sops} encrypt --in-place {name}`"


def _not_sealed(document: Document, found: Claim, context: Context) -> Finding:
    leaf = found.leaf or next((leaf for leaf in document.leaves if leaf.kind == "str" and leaf.text), None)
    line, column, key_path = (leaf.line, leaf.column, dotted(leaf.path)) if leaf else (1, 1, "")
    return Finding(
        rule="not-sealed",
        place=Place(document.path, line, column, key_path),
        message=f"is not SOPS-encrypted, but must be: {found.reason}",
        hint=_how_to_seal(document, context),
    )


def _words_for_copy(context: Context) -> str:
    if context.sibling_is_sealed:
        return f"is a plaintext copy or an editor's leftover of the sealed file {context.sealed_sibling}"
    return "is named like the plaintext copy of a sealed file, and holds a secret"


def _decrypted_copy(document: Document, context: Context) -> Finding:
    return Finding(
        rule="decrypted-copy",
        place=Place(document.path),
        message=_words_for_copy(context),
        hint=f"take it out of Git (`git rm --cached {shell.pathspec(document.path)}`), and put its pattern"
        " into .gitignore",
        severity=Severity.ERROR,
    )
