"""Names of plaintext copies: what people and editors leave beside a sealed file."""

from __future__ import annotations

import re

_DECRYPTED = (
    re.compile(r"(?P<stem>.+)\.(?:dec|decrypted)(?P<suffix>\.(?:ya?ml|json|env|ini))"),
    re.compile(r"(?P<stem>.+\.(?:ya?ml|json|env|ini))(?P<suffix>)\.(?:dec|decrypted)"),
    re.compile(r"\.decrypted~(?P<stem>.+)(?P<suffix>)"),
    re.compile(r"(?P<stem>.+)\.decrypted~(?P<suffix>.*)"),
)
"""``secrets.dec.yaml`` (helm-secrets, by habit), ``.decrypted~secrets.yaml`` (editors' SOPS plug-ins)."""

_LEFTOVER = (
    re.compile(r"(?P<name>.+?)(?:~|\.(?:bak|backup|orig|old|save|tmp|swp|rej))"),
    re.compile(r"\.(?P<name>.+)\.sw[a-p]"),
    re.compile(r"#(?P<name>.+)#"),
)
"""What emacs, vim, patch, git mergetool and people leave."""


def decrypted_original(path: str) -> str | None:
    """For a name that says "decrypted": the name of the sealed file it belongs to, else None."""
    folder, slash, name = path.rpartition("/")
    for pattern in _DECRYPTED:
        match = pattern.fullmatch(name)
        if match:
            return f"{folder}{slash}{match['stem']}{match['suffix'] if '.' in match['suffix'] else ''}"
    return None


def leftover_originals(path: str) -> list[str]:
    """For a name such as an editor leaves: the names that the original may have."""
    folder, slash, name = path.rpartition("/")
    matches = (pattern.fullmatch(name) for pattern in _LEFTOVER)
    return [f"{folder}{slash}{match['name']}" for match in matches if match]
