"""The checks: pure functions ``check(document, context) -> Iterator[Finding]``, one module each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealward.checks.context import Context
    from sealward.document import Document
    from sealward.finding import Finding

    Check = Callable[[Document, Context], Iterator[Finding]]

CHECKS = {
    "sops-encrypted": "encrypted",
    "sops-recipients": "recipients",
    "sops-integrity": "integrity",
    "vault-references": "references",
    "plaintext-secrets": "plaintext",
}
"""Check names (and hook ids) and their modules; a module is imported when its check runs."""


UNSEALED = frozenset(("plaintext-secrets",))
"""Checks of the text of files that are not sealed."""

INSIDE = frozenset(("vault-references",))
"""Checks of what is inside a sealed file: loaded only once one was opened."""

NEED_KEYS = INSIDE | {"sops-integrity"}
"""Checks that see more where a key is at hand."""


def load(name: str) -> Check:
    """The check function of a name in ``CHECKS``."""
    check: Check = import_module(f"sealward.checks.{CHECKS[name]}").check
    return check
