"""Is this text a secret? One door, ``secret_in``, for values, comments, mapping keys and lines alike."""

from __future__ import annotations


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


def hidden(text: str) -> str:
    """The text with ``********`` for each secret of a known shape in it."""
    from sealward.detectors import free_text

    return free_text.hidden(text)
