"""Names of plaintext copies: what people and editors leave beside a sealed file."""

from __future__ import annotations

import re

_DECRYPTED = (
    r"(?P<stem>.+)\.(?:dec|decrypted)(?P<suffix>\.(?:ya?ml|json|env|ini))",
    r"(?P<stem>.+\.(?:ya?ml|json|env|ini))(?P<suffix>)\.(?:dec|decrypted)",
    r"\.decrypted~(?P<stem>.+)(?P<suffix>)",
    r"(?P<stem>.+)\.decrypted~(?P<suffix>.*)",
)
"""``secrets.dec.yaml`` (helm-secrets, by habit), ``.decrypted~secrets.yaml`` (editors' SOPS plug-ins)."""

_LEFTOVER = (
    r"(?P<name>.+?)(?:~|\.(?:bak|backup|orig|old|save|tmp|swp|rej))",
    r"\.(?P<name>.+)\.sw[a-p]",
    r"#(?P<name>.+)#",
)
"""What emacs, vim, patch, git mergetool and people leave."""

_ENDINGS = ("~", "#", "bak", "backup", "orig", "old", "save", "tmp", "rej")


def decrypted_original(path: str) -> str | None:
    """For a name that says "decrypted": the name of the sealed file it belongs to, else None."""
    folder, slash, name = path.rpartition("/")
    for pattern in _DECRYPTED if "dec" in name else ():
        match = re.fullmatch(pattern, name)
        if match:
            return f"{folder}{slash}{match['stem']}{match['suffix'] if '.' in match['suffix'] else ''}"
    return None


def leftover_originals(path: str) -> list[str]:
    """For a name such as an editor leaves: the names that the original may have."""
    folder, slash, name = path.rpartition("/")
    if not name.endswith(_ENDINGS) and ".sw" not in name:
        return []
    matches = (re.fullmatch(pattern, name) for pattern in _LEFTOVER)
    return [f"{folder}{slash}{match['name']}" for match in matches if match]
