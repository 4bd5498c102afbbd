"""Whether a program would start: looked at before anything is done that only makes sense with it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 512
"""Bytes of a ``#!`` line."""


def obstacle(program: str, folder: str, environment: Mapping[str, str]) -> str:
    """Why a program would not start, as a clause; empty where it would, as far as can be seen.

    A name with a folder in it is looked for below ``folder``, one without on the ``PATH`` of ``environment``.
    """
    if not program or "\0" in program:
        return "is not a program's name"
    if not os.path.dirname(program):
        found = shutil.which(program, path=environment.get("PATH", os.defpath))
        return "is not on PATH" if found is None else _interpreter(found, environment)
    file = os.path.join(folder, program)
    if not os.path.exists(file):
        return "is not there"
    if not os.path.isfile(file):
        return "is not a file"
    if not os.access(file, os.X_OK):
        return "is not executable"
    return _interpreter(file, environment)


def _interpreter(file: str, environment: Mapping[str, str]) -> str:
    """Why the program behind a ``#!`` line would not start; empty where there is none, or it would."""
    try:
        with open(file, "rb") as opened:
            line = opened.readline(_LONGEST)
    except OSError:
        return ""  # a program need not be readable
    if not line.startswith(b"#!"):
        return ""
    words = os.fsdecode(line[2:].strip()).split()
    if not words:
        return "has an empty `#!` line"
    if not os.access(words[0], os.X_OK):
        return f"needs {words[0]}, which is not there"
    if os.path.basename(words[0]) != "env":
        return ""
    rest = [one for one in words[1:] if not one.startswith("-") and "=" not in one]
    if rest and shutil.which(rest[0], path=environment.get("PATH", os.defpath)) is None:
        return f"needs {rest[0]}, which is not on PATH"
    return ""
