"""What a person said yes to, kept by hash in a file of the git directory, which no commit reaches."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sealward import files
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Allowed:
    """The hashes in one file; ``file`` need not be there yet."""

    def __init__(self, file: str) -> None:
        self._file = Path(file)

    def hashes(self) -> frozenset[str]:
        """Those that are there; none where the file cannot be read."""
        try:
            return frozenset(self._file.read_text("ascii").split())
        except (OSError, UnicodeDecodeError):
            return frozenset()

    def add(self, hashes: Iterable[str]) -> None:
        """Remember these, too. Raises SealwardError where the file cannot be written."""
        text = "".join(f"{one}\n" for one in sorted({*self.hashes(), *hashes}))
        try:
            files.write(self._file, text.encode(), 0o600, str(os.getpid()))
        except OSError as error:
            hint = "make room, or make that folder writable"
            raise SealwardError(f"{self._file}: cannot be written ({error.strerror})", hint) from None
