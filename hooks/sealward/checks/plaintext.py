"""``plaintext-secrets``: no known kind of token, private key or seed phrase in a file that is not sealed.

On detect-secrets: its detectors, its allow-list comments (``pragma: allowlist secret``) and, where there is
a ``.secrets.baseline``, what that says; and our own shapes, such as age identities and Vault tokens.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sealward.finding import Finding, Place

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
_PHRASE = (
    r"(?:[a-z\x{80}-\x{2fff}]{3,}[ ,'\"]+){11}[a-z\x{80}-\x{2fff}]{3,}|(?:[A-Z]{3,8}[ ,]+){11}[A-Z]{3,8}"
    r"|(?:[\x{3000}-\x{10ffff}]+[ ,]*[ ,\x{3000}]){11}[\x{3000}-\x{10ffff}]"
)
_WALLET = (
    r"\b[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}\b|\b[1-9A-HJ-NP-Za-km-z]{86,88}\b|prv[1-9A-HJ-NP-Za-km-z]{100}"
)
_NUMBERS = r"\[\s*(?:\d{1,3},\s*){31}"


def judge(document: Document, context: Context) -> Iterator[Finding]:
    """Judge the text of an unsealed file, line by line; ciphertext is never reported."""
    if context.sealed or len(document.text) > MAX_CHARACTERS:
        return
    from sealward.detectors import detect_secrets
    from sealward.detectors.published import without_published

    scan = detect_secrets.Scan(document.path, context.baseline)
    lines = document.text.splitlines()
    for index, line in enumerate(lines):
        if len(line) > LONGEST_LINE or "ENC[AES256_GCM," in line:
            continue
        if context.baseline is None and not may_hold(line.encode()):
            continue
        rest = without_published(line)
        held = _held(rest) or (None if _EXAMPLE.search(line) else scan.held(rest, index + 1))
        if held and "-----BEGIN" in line and _is_only_header(lines, index):
            continue
        if held and not scan.is_allowed(line, lines[index - 1] if index else ""):
            message = f"a line in clear holds {held}"
            yield Finding(
                rule="plaintext-secret", place=Place(document.path, index + 1, 1), message=message, hint=HINT
            )


def may_find(data: bytes, context: Context) -> bool:
    """Whether a file is worth a look; where a baseline chooses the detectors, each is."""
    return context.baseline is not None or may_hold(data)


def may_hold(data: bytes) -> bool:
    """Cheaply, on bytes: whether any shape could be in a file, or a line. Hardly one passes."""
    return _candidates().search(data) is not None


@lru_cache(maxsize=1)
def _candidates() -> Any:
    import re2

    from sealward.detectors.tokens import PATTERNS

    shapes = [_LOOKAROUND.sub("", pattern) for _, pattern in PATTERNS]
    shapes += [
        r"eyJ[\w-]{8}",
        r"://[^\s/:@]*:[^\s/@]+@",
        r"[?&;](?:token|key|secret|password)=",
        _PHRASE,
        _WALLET,
        _NUMBERS,
    ]
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    return re2.compile("|".join(f"(?:{shape})" for shape in shapes), options)


def _held(line: str) -> str | None:
    from sealward.detectors.literals import looks_generated
    from sealward.detectors.logins import logins_in
    from sealward.detectors.tokens import tokens_in
    from sealward.detectors.wallets import wallet_in

    for name, token in tokens_in(line):
        if not _EXAMPLE.search(token) and (name != "a login" or looks_generated(token.split()[-1])):
            return name
    for name, password in logins_in(line):
        if looks_generated(password):
            return name
    return wallet_in(line)


def _is_only_header(lines: list[str], index: int) -> bool:
    """Whether a PEM header has no key behind it: an example, or a program that looks for such headers."""
    text = "\n".join(lines[index : index + 7]).partition("-----BEGIN")[2].partition("-----END")[0]
    return not any(len(set(run)) > 12 for run in _KEY_MATERIAL.findall(text))
