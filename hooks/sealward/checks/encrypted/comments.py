"""The comments of a sealed file: sops encrypts them, so one in clear was written by hand (or is old)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document import dotted
from sealward.finding import Finding, Place
from sealward.sops.format import ciphertext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.document import Document


def findings(document: Document) -> Iterator[Finding]:
    """Yield comments in clear that carry a secret, and encrypted ones with text after the bracket."""
    for part in document.parts:
        for comment in part.comments:
            text = comment.text.strip()
            place = Place(document.path, comment.line, comment.column, dotted(comment.path))
            if ciphertext.looks_encrypted(text):
                if ciphertext.trailing_text(text):
                    message = "the comment has text after the ciphertext's bracket, in clear"
                    yield Finding(rule="hidden-plaintext", place=place, message=message, hint="remove it")
            elif comment.path[:1] == ("sops",):
                message = "a comment inside the `sops` block: sops drops it, and it stays in Git in clear"
                yield Finding(
                    rule="hidden-plaintext",
                    place=place,
                    message=message,
                    hint="remove it, or move it above the block",
                )
            elif held := _held(text):
                message = f"a comment in clear holds {held}"
                hint = "remove it and rotate the secret; sops encrypts the comments that it writes itself"
                yield Finding(rule="secret-in-comment", place=place, message=message, hint=hint)


def _held(text: str) -> str | None:
    from sealward.detectors import secret_in

    return secret_in(text, kind="comment")
