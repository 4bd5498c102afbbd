"""Is this text a secret? One door, ``secret_in``, for values, comments, mapping keys and lines alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.patterns import late

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNUSUAL = late(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9]{1,60}[A-Z0-9])[A-Za-z0-9]{10}"
    r"|(?<![\w-])(?=[\w-]{0,60}[A-Z])(?=[\w-]{0,60}[0-9])[\w-]{15}"
    r"|://|[?&;]\w+=|-----BEGIN|(?:[^\W_]+[ ,]+){11}"
)
"""What few names have, and every one that holds a secret."""

_USUAL = frozenset("abcdefghijklmnopqrstuvwxyz_-./\n")
"""Names of these characters alone have none of that."""

_FEW = 4_096
"""Characters of names up to which it pays to look for that first."""


def secret_in(text: str, path: tuple[str | int, ...] = (), kind: str = "str") -> str | None:
    """What secret a text is or holds, in words that fit after "holds" (``a JWT``); None for harmless text.

    ``path`` is the key path under which it stands. ``kind`` is the type of a value (``str int float bool
    null time binary tag empty``), or the place of other text: ``data`` (a value of a Kubernetes Secret's
    ``data``), ``comment``, ``key`` (a mapping key) or ``line`` (of a file that is not sealed; there only
    known shapes count). What is said never holds the text.
    """
    if kind in ("comment", "key", "line"):
        from sealward.detectors import free_text

        return {"comment": free_text.in_comment, "key": free_text.in_key, "line": free_text.in_line}[kind](
            text
        )
    from sealward.detectors import literals

    return literals.in_base64(text, path) if kind == "data" else literals.in_value(text, path, kind)


def suspicious(names: Sequence[str]) -> Sequence[int]:
    """The numbers of the names that could hold a secret. Few can: for the others nothing is imported."""
    joined = "\n".join(names)
    if _USUAL.issuperset(joined):
        return ()
    if len(joined) < _FEW and _UNUSUAL.search(joined) is None:
        return ()
    from sealward.detectors.names import candidates

    return candidates(names)


def hidden(text: str) -> str:
    """The text with ``********`` for each secret of a known shape in it."""
    from sealward.detectors import free_text

    return free_text.hidden(text)
