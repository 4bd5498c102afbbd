"""Passwords and keys that stand in URLs and connection strings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.patterns import late, linear

if TYPE_CHECKING:
    from collections.abc import Iterator

_PASSWORD = linear(r"[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s/:@'\"]*:(?P<password>[^\s/@'\"]+)@")
_KEY = linear(
    r"[?&;](?:token|key|api_?key|access_token|auth|secret|sig|signature|password|pwd|client_secret)=([^&#\s;'\"]{8,})",
    re.IGNORECASE,
)
_BADGE = linear(
    r"://[^\s?#\"'()<>]*?(?:\.svg|/(?:badge|project_badges)\b[^\s?#\"'()<>]*)\?[^\s\"'()<>]*", re.IGNORECASE
)
"""The address of a badge: its token reads the badge alone, and every reader of the page has it."""
_CONNECTION = linear(
    r"(?:^|[;\s])(?:password|pwd)\s*=\s*(?P<password>[^;\s'\"]+|'[^']+'|\"[^\"]+\")", re.IGNORECASE
)
_ESCAPE = late(r"%([0-9a-fA-F]{2})")
_ESCAPED = late(r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})")
_STAND_IN = linear(
    r"\$\{?[\w.:-]+\}?|\{\{?.*|<.*|%[\w(].*|\*+|x{3,}|\.{3}|(?:your|my)?[-_]?(?:pass(?:word)?|pwd|secret|token|key)|changeme|example"
    r"|vault:.*|redacted|placeholder|none|null|user|postgres", re.IGNORECASE
)  # fmt: skip


def login_in(text: str) -> tuple[str, str] | None:
    """A password in a URL or connection string: what it is, and the password itself (never to be shown)."""
    return next(logins_in(text), None)


def logins_in(text: str) -> Iterator[tuple[str, str]]:
    """Every one of them."""
    if "://" in text:
        for match in _PASSWORD.finditer(text):
            if not _STAND_IN.fullmatch(match["password"]):
                yield "a URL with a password", _unquoted(match["password"])
        for match in _KEY.finditer(_BADGE.sub("", text)):
            if not _STAND_IN.fullmatch(match[1]):
                yield "a URL with a key", _unquoted(match[1])
    if ("=" in text and ";" in text) or "host=" in text.lower():
        for match in _CONNECTION.finditer(text):
            password = match["password"].strip("'\"")
            if not _STAND_IN.fullmatch(password):
                yield "a connection string with a password", password


def _unquoted(text: str) -> str:
    """``urllib.parse`` would do it, and takes longer to import than the check of a file. Escapes of a
    language (a backslash, ``u007F``) are no characters of a password."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), _ESCAPED.sub("", text))


def basic_password(credentials: str) -> str | None:
    """The password in an ``Authorization: Basic`` header (RFC 7617); None where it holds none."""
    import binascii
    from base64 import b64decode

    try:
        _, colon, password = b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return password if colon else None
