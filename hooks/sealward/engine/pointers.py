"""Is this a pointer to a file in Git LFS? Then its content is not here to be judged."""

from __future__ import annotations

import re

_LONGEST = 1024
_POINTER = (
    rb"version https://(?:git-lfs\.github\.com/spec/v1|hawser\.github\.com/spec/v1)\n"
    rb"(?:ext-[0-9]-[\w.-]+ sha256:[0-9a-f]{64}\n)*"
    rb"oid sha256:[0-9a-f]{64}\n"
    rb"size [0-9]{1,19}\n?"
)
"""As git-lfs itself reads one: short, and nothing else in it (docs/spec.md of git-lfs)."""


def is_pointer(data: bytes) -> bool:
    """Whether a blob only points to a file in Git LFS, whole and with nothing beside it."""
    return len(data) <= _LONGEST and data.startswith(b"version ") and re.fullmatch(_POINTER, data) is not None
