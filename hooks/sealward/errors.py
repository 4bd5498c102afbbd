"""The one error that people meet, and the hint for a mistyped name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class SealwardError(Exception):
    """Something could not be done, and here is the way out.

    ``message`` names what failed and on what; ``hint`` says what to do next. Both are single lines of
    plain text and never hold a secret value: they are printed as they are. The command line turns this
    error into one line on standard error and exit status 2.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}"


def closest(name: str, names: Iterable[str]) -> str:
    """The one of the names that a mistyped one most resembles; empty where none does."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(names), 1)), "")


def did_you_mean(name: str, names: Iterable[str], otherwise: str) -> str:
    """The hint for a mistyped name: the closest one that there is, or else what is said otherwise."""
    close = closest(name, names)
    return f"did you mean {close!r}?" if close else otherwise
