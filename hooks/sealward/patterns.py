"""Regular expressions that are compiled when they are first asked.

Compiling all of ours takes longer than opening and judging a file, and few files need many of them.

What meets the content of a repository is written with ``linear``: RE2 takes time in proportion to the
text, whatever the text is. ``late`` is Python's own engine, which can take for ever; it is for patterns
whose repeats exclude what follows them, and for the few that need to look around.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_BYTES = 64 << 20
"""Memory that one compiled pattern may take."""


class Match(Protocol):
    """What a pattern found: what ``re`` and RE2 have in common."""

    def __getitem__(self, group: int | str, /) -> str:
        """The text of a group, None where it took no part."""

    def group(self) -> str:
        """The whole text that matched."""

    def start(self, group: int = 0, /) -> int:
        """Where a group begins."""

    def end(self, group: int = 0, /) -> int:
        """Where a group ends."""


class Compiled(Protocol):
    """What RE2 makes of a pattern; a pattern in bytes reads bytes."""

    def search(self, text: str | bytes, start: int = 0, /) -> Match | None:
        """The first place from ``start`` on that matches."""

    def match(self, text: str | bytes, /) -> Match | None:
        """What the beginning of a text matches."""

    def fullmatch(self, text: str | bytes, /) -> Match | None:
        """Whether all of a text matches."""

    def finditer(self, text: str | bytes, /) -> Iterator[Match]:
        """Every place that matches, from left to right."""

    def subn(self, replacement: str | Callable[[Match], str], text: str, /) -> tuple[str, int]:
        """The text with each place replaced, and how many were."""


class Pattern:
    r"""A pattern that RE2 searches for, in linear time; compiled on first use.

    Classes such as ``\\w`` mean ASCII. Nothing looks around and nothing refers back: ``compile`` raises
    ValueError for a pattern that RE2 does not take.
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = flags
        self._compiled: Compiled | None = None

    def compile(self) -> Compiled:
        """RE2's own object. Raises ValueError where RE2 does not take the pattern."""
        if self._compiled is None:
            self._compiled = re2_of(*_translated(self.pattern, self.flags))
        return self._compiled

    def search(self, text: str) -> Match | None:
        """The first place that matches."""
        return self.compile().search(as_utf8(text))

    def match(self, text: str) -> Match | None:
        """What the beginning of a text matches."""
        return self.compile().match(as_utf8(text))

    def fullmatch(self, text: str) -> Match | None:
        """Whether all of a text matches."""
        return self.compile().fullmatch(as_utf8(text))

    def finditer(self, text: str) -> Iterator[Match]:
        """Every place that matches, from left to right."""
        return self.compile().finditer(as_utf8(text))

    def subn(self, replacement: str | Callable[[Match], str], text: str) -> tuple[str, int]:
        """The text with each place replaced, and how many were."""
        return self.compile().subn(replacement, as_utf8(text))

    def sub(self, replacement: str | Callable[[Match], str], text: str) -> str:
        """The text with each place replaced."""
        return self.subn(replacement, text)[0]


class Late:
    """A pattern of Python's own engine, compiled on first use."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self.flags = flags
        self._compiled: re.Pattern[str] | None = None

    def compile(self) -> re.Pattern[str]:
        """Python's own object. Raises ``re.error`` for what is not a pattern."""
        if self._compiled is None:
            self._compiled = re.compile(self.pattern, self.flags)
            for name in ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn"):
                setattr(self, name, getattr(self._compiled, name))
        return self._compiled

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As ``re.Pattern.search``."""
        return self.compile().search(text, start)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As ``re.Pattern.match``."""
        return self.compile().match(text, start)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """As ``re.Pattern.fullmatch``."""
        return self.compile().fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As ``re.Pattern.finditer``."""
        return self.compile().finditer(text)

    def findall(self, text: str) -> list[Any]:
        """As ``re.Pattern.findall``."""
        return self.compile().findall(text)

    def split(self, text: str, most: int = 0) -> list[Any]:
        """As ``re.Pattern.split``."""
        return self.compile().split(text, most)

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """As ``re.Pattern.sub``."""
        return self.compile().sub(replacement, text, count)

    def subn(self, replacement: str | Callable[[re.Match[str]], str], text: str) -> tuple[str, int]:
        """As ``re.Pattern.subn``."""
        return self.compile().subn(replacement, text)


_SURROGATE = Late("[\ud800-\udfff]", 0)
_VERBOSE = Late(r"(\\.|\[\^?\]?(?:\\.|[^\]\\])*\])|\s+|#[^\n]*", re.DOTALL)


def linear(pattern: str, flags: int = 0) -> Pattern:
    """A pattern that takes linear time on any text, compiled on first use. Flags are those of ``re``."""
    return Pattern(pattern, flags)


def late(pattern: str, flags: int = 0) -> Late:
    """What ``re.compile`` gives, compiled on first use: for module level patterns that few files need."""
    return Late(pattern, flags)


def re2_of(pattern: str | bytes, flags: int = 0, *, most: int = MAX_BYTES) -> Compiled:
    """A pattern compiled by RE2, which may take so ``most`` bytes of memory.

    Raises ValueError where RE2 does not take it.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = most
    options.case_sensitive = not flags & re.IGNORECASE
    options.dot_nl = bool(flags & re.DOTALL)
    try:
        compiled: Compiled = re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError(f"RE2 does not take the pattern: {error}") from None
    return compiled


def which_of(patterns: Iterable[str]) -> Callable[[str], list[int]]:
    """What says, in one pass over a text, which of some patterns of RE2 match in it, by their numbers."""
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_BYTES
    some = re2.Set.SearchSet(options)
    for pattern in patterns:
        some.Add(pattern)
    some.Compile()
    return lambda text: sorted(some.Match(text) or ())


def _translated(pattern: str, flags: int) -> tuple[str, int]:
    """The same pattern without the flags that RE2 has no option for."""
    if flags & re.VERBOSE:
        pattern = _VERBOSE.sub(lambda match: match[1] or "", pattern)
    return (f"(?m){pattern}" if flags & re.MULTILINE else pattern), flags


def as_utf8(text: str) -> str:
    """Text that can be written as UTF-8; what cannot becomes one character each, so that places hold."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
