"""The one error that people meet."""

from __future__ import annotations


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
