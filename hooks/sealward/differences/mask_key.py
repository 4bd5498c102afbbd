"""The key of the tags in diffs: 32 random bytes of this machine, so that equal values look equal across
files."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from sealward import files, worktree
from sealward.errors import SealwardError
from sealward.plaintext import Plaintext

if TYPE_CHECKING:
    from collections.abc import Mapping

BYTES = 32


def place(environment: Mapping[str, str] | None = None) -> Path:
    """Where it lies."""
    get = (os.environ if environment is None else environment).get
    home = get("HOME") or get("USERPROFILE") or "/nonexistent"
    return Path(get("XDG_STATE_HOME") or Path(home, ".local", "state"), "sealward", "mask-key")


def read(environment: Mapping[str, str] | None = None) -> Plaintext | None:
    """The key; None where there is none yet, or it cannot be read."""
    try:
        data = worktree.regular(str(place(environment)))
    except OSError:
        return None
    return Plaintext(data) if len(data) == BYTES else None


def make(environment: Mapping[str, str] | None = None) -> bool:
    """Make the key, unless it is there; whether it was made. Raises SealwardError."""
    target = place(environment)
    if read(environment) is not None:
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.write(target, secrets.token_bytes(BYTES), 0o600, "mask")
    except OSError as error:
        raise SealwardError(
            f"{target}: cannot be written ({error.strerror})", "make that folder writable"
        ) from None
    return True
