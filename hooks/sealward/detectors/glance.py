"""A first glance at a small sealed file: whether anything in it is long enough for a secret.

The tables of tokens and their automata take longer to build than a sealed file takes to judge. In most
sealed files nothing of any length is left once what sops wrote itself is taken out; then nobody needs them.
"""

from __future__ import annotations

import re

MOST = 1 << 16
"""Bytes up to which a glance is cheaper than the automata."""

_OF_SOPS = re.compile(
    rb"ENC\[AES256_GCM,[A-Za-z0-9+/=,:]*\]"
    rb"|-----BEGIN AGE ENCRYPTED FILE-----[^-]*-----END AGE ENCRYPTED FILE-----"
    rb"|\bage1[a-z0-9]{58}\b"
    rb"|\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z\b"
    rb"|(?:(?m:^[ \t-]*)|[{,]\s*)[\"']?[a-z]{1,20}(?:[_-][a-z]{1,20}){0,6}[\"']?(?=[:=])"
)
"""Ciphertext, encrypted data keys, recipients and times; and keys that are words in lower case."""

_LONG = re.compile(
    rb"[^\s]{14}|-----BEGIN|\$y\$j|machine\s|://|[?&;][\w-]+=|(?i:password|pwd)\s*=|\[\s*[0-9]{1,3},"
    rb"|(?:[^\s,'\"]{2,}[ ,'\"]+){11}"
)
"""What every token, login, seed phrase and key of a wallet needs one of."""


def may_hold(data: bytes) -> bool:
    """Whether anything but what sops wrote could be a secret of a known shape: more texts could than are."""
    return len(data) > MOST or _LONG.search(_OF_SOPS.sub(b" ", data)) is not None
