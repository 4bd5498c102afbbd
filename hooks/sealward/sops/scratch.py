"""Private folders for the sops program to work in; what a killed run left of them is cleared away."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from functools import lru_cache
from pathlib import Path

PREFIX = "sealward-sops-"
STALE = 3600.0
"""Seconds after which nobody can still be at work in a folder: one run of sops is given far less."""


def folder() -> tempfile.TemporaryDirectory[str]:
    """A fresh folder that nobody else may look into; a context manager that removes it at the end."""
    sweep()
    return tempfile.TemporaryDirectory(prefix=PREFIX)


@lru_cache(maxsize=1)
def sweep() -> None:
    """Remove, once a process, the folders of processes that were killed. Their age tells: a process number
    means nothing to another container that shares the temporary folder."""
    for leftover in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.lstat().st_mtime > STALE:
                shutil.rmtree(leftover)
