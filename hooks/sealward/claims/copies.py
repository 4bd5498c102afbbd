"""Plaintext copies of sealed files: by the name that people and editors give them, and by what they are.

AES-GCM keeps lengths: a sealed file shows, key path by key path, how long each plaintext is. A file with
the same key paths and texts of these lengths is its decryption, whatever it is called.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sealward.detectors import secret_in
from sealward.detectors.placeholders import is_harmless
from sealward.sops.format import ciphertext

if TYPE_CHECKING:
    from sealward.document import Document
    from sealward.document.model import Path

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
_LONG = 8
"""Bytes from which on the length of one single value says something."""


class Fingerprint(NamedTuple):
    """What a sealed file shows of its plaintext: its path, and the length in bytes at each key path."""

    path: str
    lengths: dict[Path, int]


def fingerprint(document: Document) -> Fingerprint | None:
    """The fingerprint of a sealed file; None where nothing in it is encrypted."""
    found = ((leaf.path, ciphertext.parse(leaf.text)) for leaf in document.leaves)
    lengths = {path: value.length for path, value in found if value and value.type != "comment"}
    return Fingerprint(document.path, lengths) if lengths else None


def is_copy(document: Document, of: Fingerprint) -> bool:
    """Whether an unsealed file is the decryption of a sealed one, as it was or with a few values changed.

    At least one value that fits must be no reference and no placeholder: a template with the same keys is
    not a copy.
    """
    leaves = {leaf.path: leaf for leaf in document.leaves}
    shared = [path for path in of.lengths if path in leaves]
    fits = [path for path in shared if len(leaves[path].text.encode("utf-8", "replace")) == of.lengths[path]]
    if len(shared) * 5 < len(of.lengths) * 4 or len(fits) * 4 < len(shared) * 3 or not fits:
        return False
    if len(fits) == 1 and of.lengths[fits[0]] < _LONG:
        return False
    return any(leaves[path].kind == "str" and not is_harmless(leaves[path].text) for path in fits)


def holds_secret(document: Document) -> bool:
    """Whether a file that its name calls decrypted holds a secret, in a value or in a line of its text."""
    if any(leaf.text for leaf in document.leaves):
        return any(secret_in(leaf.text, leaf.path, leaf.kind) for leaf in document.leaves)
    return secret_in(document.text) is not None


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
