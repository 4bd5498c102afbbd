"""Plaintext copies of sealed files, known by the names that people and editors give them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.document import store_of
from sealward.patterns import late

if TYPE_CHECKING:
    from sealward.document.model import Store

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
_INNER = late(r"\.(?:ya?ml|json|env|ini)(?=[^A-Za-z0-9])")
_MARK = late(
    r"\.(?:enc|sops|encrypted|crypt|sealed|dec|decrypted|plain|plaintext|clear)(?=\.|$)", re.IGNORECASE
)


def store_named(name: str) -> Store:
    """The store that a file's name speaks of, also behind another ending: ``secrets.enc.yaml.txt``."""
    store, inner = store_of(name), _INNER.findall(name)
    return store_of(inner[-1]) if store == "binary" and inner else store


def is_named_for(sealed: str, name: str) -> bool:
    """Whether a file name is that of a sealed file without what says that it is sealed."""
    marked = sealed.rpartition("/")[2]
    return marked != name and _MARK.sub("", marked) == _MARK.sub("", name)


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
