"""Private folders for the sops program to work in; what a killed run left of them is cleared away."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "sealward-sops-"
STALE = 3600.0
"""Seconds after which nobody can still be at work in a folder: one run of sops is given far less."""


@contextlib.contextmanager
def folder() -> Iterator[str]:
    """A fresh folder that nobody else may look into, removed at the end of the block.

    Raises SealwardError where it cannot be made, or written to.
    """
    try:
        sweep()
        with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
            yield name
    except OSError as error:
        hint = "make room there, or set TMPDIR to another folder"
        raise SealwardError(f"the temporary folder cannot be used ({error.strerror})", hint) from None


@lru_cache(maxsize=1)
def sweep() -> None:
    """Remove, once a process, the folders of processes that were killed. Their age shows it: a process number
    means nothing to another container that shares the temporary folder."""
    for leftover in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.lstat().st_mtime > STALE:
                shutil.rmtree(leftover)
