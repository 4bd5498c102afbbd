"""``plaintext-secrets``: no known kind of token, private key or seed phrase in a file that is not sealed.

On detect-secrets: its detectors, its allow-list comments (``pragma: allowlist secret``) and, where there is
a ``.secrets.baseline``, what that says; and our own shapes, such as age identities and Vault tokens.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sealward.checks.context import is_sealed
from sealward.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.checks.context import Context
    from sealward.document import Document

MAX_CHARACTERS = 1_000_000
"""Larger texts are data, not something that people write secrets into."""

LONGEST_LINE = 5_000
HINT = (
    "rotate it, take it out of the history, and keep it in Vault; if it is none, add "
    "`# pragma: allowlist secret` to the line, or an exemption to .sealward.yaml"
)
_EXAMPLE = re.compile(r"EXAMPLE|(?i:x{6,}|\.{3}|…|0{8,}|1234567890|abcdef|your[-_]|<[a-z])")
_KEY_MATERIAL = re.compile(r"[A-Za-z0-9+/]{40}")
_LOOKAROUND = re.compile(r"\(\?<?[!=][^()]*\)")
_PHRASE = r"(?:[a-z]{3,8}[ ,]+){11}[a-z]{3,8}"


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Judge the text of an unsealed file, line by line; ciphertext is never reported."""
    if is_sealed(document) or len(document.text) > MAX_CHARACTERS:
        return
    from sealward.checks import detectors

    scan = detectors.Scan(document.path, context.baseline)
    lines = document.text.splitlines()
    for index, line in enumerate(lines):
        if len(line) > LONGEST_LINE or "ENC[AES256_GCM," in line:
            continue
        if context.baseline is None and not may_hold(line.encode()):
            continue
        held = _held(line) or (None if _EXAMPLE.search(line) else scan.held(line, index + 1))
        if held and "-----BEGIN" in line and not _KEY_MATERIAL.search("".join(lines[index : index + 6])):
            continue
        if held and not scan.is_allowed(line, lines[index - 1] if index else ""):
            message = f"a line in clear holds {held}"
            yield Finding("plaintext-secret", document.path, index + 1, 1, "", message, HINT)


def may_hold(data: bytes) -> bool:
    """Cheaply, on bytes: whether any shape could be in a file, or a line. Hardly one passes."""
    return _candidates().search(data) is not None


@lru_cache(maxsize=1)
def _candidates() -> Any:
    import re2

    from sealward.checks.token_patterns import PATTERNS

    shapes = [_LOOKAROUND.sub("", pattern) for _, pattern in PATTERNS]
    shapes += [r"eyJ[\w-]{8}", r"://[^\s/:@]*:[^\s/@]+@", r"[?&;](?:token|key|secret|password)=", _PHRASE]
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    return re2.compile("|".join(f"(?:{shape})" for shape in shapes), options)


def _held(line: str) -> str | None:
    from sealward.checks.literals import looks_generated
    from sealward.checks.token_patterns import known_token, login_in
    from sealward.checks.wallets import is_seed_phrase

    found = known_token(line)
    login = login_in(line)
    if login is not None and login[0] == found:
        return found if looks_generated(login[1]) else None
    if found:
        return None if _EXAMPLE.search(line) else found
    phrase = re.search(rf"(?:[a-z]{{3,8}}[ ,]+)*{_PHRASE}", line)
    return "a seed phrase" if phrase and is_seed_phrase(phrase.group()) else None
