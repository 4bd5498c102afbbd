"""An index without a repository: entries of these paths, in git's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.git.rows import Entries, raw_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def entries_of(paths: Iterable[str]) -> Entries:
    """What ``ls-files --stage -v -z`` would print of them, read."""
    return Entries(
        b"".join(b"H 100644 %s 0\t%s\0" % (b"a" * 40, path) for path in sorted(map(raw_of, paths)))
    )
