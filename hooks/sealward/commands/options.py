"""What the parsers of all commands share: one help formatter, one way to complain, common options."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, NoReturn

from sealward.errors import closest
from sealward.terminal import complain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _typeshed import SupportsWrite

_UNKNOWN = r"(?s)unrecognized arguments: (?P<rest>.*)"
_CHOICE = r"(?s)argument (?P<name>[^:]*): invalid choice: '(?P<value>.*)' \(choose from (?P<all>.*)\)"


class Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations, and says in one line what it did not understand.

    With ``takes_command`` what stands behind the first ``--`` is a command, word by word.
    """

    takes_command = False

    def __init__(self, prog: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            formatter_class=_formatter,
            allow_abbrev=False,
        )

    def parse_args(  # type: ignore[override] # the stubs have overloads for other namespaces
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Read the arguments; with ``takes_command`` the command is ``command``, None without ``--``."""
        words = list(args or ())
        if not self.takes_command:
            return super().parse_args(words, namespace)
        at = words.index("--") if "--" in words else None
        found = super().parse_args(words if at is None else words[:at], namespace)
        found.command = None if at is None else words[at + 1 :]
        return found

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help. Raises OSError where it cannot be written, which argparse would pass over."""
        (sys.stdout if file is None else file).write(self.format_help())
        sys.stdout.flush()

    def error(self, message: str) -> NoReturn:
        """Print one line with a suggestion, and end with status 2."""
        complain(f"{_in_words(message, self._option_string_actions)}; `{self.prog} --help` shows more")
        self.exit(2)


def add_format(parser: argparse.ArgumentParser, choices: Sequence[str] = ("text", "json")) -> None:
    """``--format``."""
    parser.add_argument("--format", choices=choices, default="text", help="how it is printed (default: text)")


def add_colour(parser: argparse.ArgumentParser) -> None:
    """``--color``."""
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour in text (default: auto, on a terminal)",
    )


def add_plan(parser: argparse.ArgumentParser, question: str = "do not ask") -> None:
    """``--dry-run`` and ``--yes``."""
    parser.add_argument("--dry-run", action="store_true", help="check everything, change nothing")
    parser.add_argument("--yes", action="store_true", help=question)


def add_require_keys(parser: argparse.ArgumentParser, when: str = "") -> None:
    """``--require-keys``."""
    parser.add_argument(
        "--require-keys",
        action="store_true",
        help=f"{when}open files through plugins, gpg and key services, too (what the environment points to)",
    )


def number(text: str) -> int:
    """A version's number. Raises ValueError for anything else, which becomes a line about the argument."""
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise ValueError(text)
    return int(text)


def about_closed(paths: Sequence[str]) -> str:
    """The line that a dry run says of files that it could not look into."""
    shown = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if paths[3:] else "")
    return (
        f"not looked into, as no age identity here opens it: {shown}; a dry run starts no plugin, gpg or key"
        " command, and asks no key service, without --require-keys"
    )


def nearest(name: str, names: Iterable[str]) -> str:
    """``; did you mean …?`` for a mistyped name, or nothing."""
    close = closest(name, names)
    return f"; did you mean {close}?" if close else ""


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Text as written, and a fixed width, so that the terminal need not be asked (3 ms)."""
    return argparse.RawDescriptionHelpFormatter(prog, width=100)


def _in_words(message: str, options: Iterable[str]) -> str:
    """What argparse complains of, with the name that was probably meant."""
    unknown, choice = re.fullmatch(_UNKNOWN, message), re.fullmatch(_CHOICE, message)
    if unknown:
        word = unknown["rest"].split()[0] if unknown["rest"].split() else ""
        kind = "option" if word.startswith("-") else "argument"
        name = word.partition("=")[0]
        return f"no {kind} {name}{nearest(name, options) if kind == 'option' else ''}"
    if choice:
        wanted = re.findall(r"[\w.-]+", choice["all"])
        return f"{choice['name']} cannot be {choice['value']!r}{nearest(choice['value'], wanted)}"
    return message
