"""Decrypted text in a type of its own, and no core dumps while it is in memory."""

from __future__ import annotations

from functools import lru_cache
from typing import NoReturn

WITHHELD = "<plaintext withheld>"


class Plaintext:
    """A secret in memory. It does not print, format, compare by accident, hash, copy or pickle.

    ``reveal()`` gives the bytes and ``text()`` the text; a call of either is the only way out, so that
    a search for these two names finds every place that handles a secret.
    """

    __slots__ = ("__value",)

    def __init__(self, value: bytes) -> None:
        self.__value = value

    def reveal(self) -> bytes:
        """The bytes themselves."""
        return self.__value

    def text(self) -> str:
        """The bytes as UTF-8 text; other bytes become replacement characters."""
        return self.__value.decode("utf-8", "replace")

    def __repr__(self) -> str:
        return WITHHELD

    def __format__(self, specification: str) -> str:
        return WITHHELD

    def __eq__(self, other: object) -> bool:
        from hmac import compare_digest

        return isinstance(other, Plaintext) and compare_digest(self.__value, other.__value)

    __hash__ = None  # type: ignore[assignment]

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a plaintext is neither copied nor pickled")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a plaintext is neither copied nor pickled")


@lru_cache(maxsize=1)
def forbid_core_dumps() -> None:
    """Keep this process out of core dumps from now on, as far as the system lets it.

    The resource limit serves every Unix; on Linux a dump piped to a collector ignores the limit, but
    not the process's own "not dumpable" flag, which also closes ``/proc/PID/mem`` to others.
    """
    import sys

    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        import ctypes

        pr_set_dumpable = 4
        ctypes.CDLL(None).prctl(pr_set_dumpable, 0, 0, 0, 0)
