"""Git at the edge: what is tracked, staged, in HEAD, in a range. The only package that speaks git.

git's own variables (``GIT_DIR``, ``GIT_INDEX_FILE``) are honoured as they stand: inside a running hook
they name the very index that is about to be committed.
"""

from __future__ import annotations

from sealward.git.history import is_nothing
from sealward.git.repository import Repository, top_of
from sealward.git.rows import LINK_MODE, REGULAR_MODES, SUBMODULE_MODE, Blob, Entry

__all__ = [
    "LINK_MODE",
    "REGULAR_MODES",
    "SUBMODULE_MODE",
    "Blob",
    "Entry",
    "Repository",
    "is_nothing",
    "top_of",
]
