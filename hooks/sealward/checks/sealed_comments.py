"""The comments of a sealed file: sops encrypts them, so one in clear was written by hand (or is old)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document import dotted
from sealward.finding import Finding
from sealward.sops import ciphertext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.document import Document


def findings(document: Document) -> Iterator[Finding]:
    """Yield comments in clear that carry a secret, and encrypted ones with text after the bracket."""
    for part in document.parts:
        for comment in part.comments:
            text = comment.text.strip()
            place = (document.path, comment.line, comment.column, dotted(comment.path))
            if ciphertext.looks_encrypted(text):
                if ciphertext.trailing_text(text):
                    message = "the comment has text after the ciphertext's bracket, in clear"
                    yield Finding("hidden-plaintext", *place, message, "remove it")
            elif comment.path[:1] == ("sops",):
                message = "a comment inside the `sops` block: sops drops it, and it stays in Git in clear"
                yield Finding("hidden-plaintext", *place, message, "remove it, or move it above the block")
            elif text and _carries_secret(text):
                message = "a comment in clear holds what looks like a secret"
                hint = "remove it and rotate the secret; sops encrypts the comments that it writes itself"
                yield Finding("secret-in-comment", *place, message, hint)


def _carries_secret(text: str) -> bool:
    from sealward.checks.comment_secrets import carries_secret  # sops leaves hardly a comment in clear

    return carries_secret(text)
