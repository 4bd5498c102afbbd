"""The command line: one table of commands; a command's module is imported when it runs."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "check": "judge files: sealed as they must be, whole, untampered",
    "explain": "say what a rule means, with a bad and a good example",
    "rotate": "make a new secret in Vault and re-pin it in the sealed files",
    "reencrypt": "bring sealed files into line with the creation rules, in place",
    "status": "list every Vault reference: pin, age, policy, due date",
    "demo": "watch the whole story on a throw-away Vault server and repository",
}

AFTER_INTERRUPT = {
    "rotate": "`sealward rotate --resume` finishes what was under way, or says that nothing was",
    "reencrypt": "run it again: it finishes what was under way",
}
"""What to do after Ctrl-C, where it is not simply to run the command again."""

USAGE = """\
usage: sealward COMMAND [OPTION...] [ARGUMENT...]

Sealward keeps secrets out of Git, and proves it.

Commands:
{commands}

Examples:
  sealward check --staged                  what `git commit` is about to record
  sealward check --all                     every tracked file, as a CI stage would
  sealward rotate secret/bot/binance api_key --dry-run
  sealward COMMAND --help                  more about one command

Exit status: 0 clean or done, 1 findings, 2 could not do it (one line says why and the way out).
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; ``argv`` is without the program's name. Returns the exit status (0, 1 or 2)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_usage(), end="")
        return 0 if arguments else 2
    if arguments[0] in ("-V", "--version", "version"):
        from sealward import __version__

        print(f"sealward {__version__}")
        return 0
    if arguments[0] not in COMMANDS:
        print(f"sealward: no command {arguments[0]!r}; `sealward --help` lists them", file=sys.stderr)
        return 2
    return _run(arguments[0], arguments[1:])


def _run(command: str, arguments: list[str]) -> int:
    from sealward.errors import SealwardError

    try:
        status: int = import_module(f"sealward.commands.{command}").main(arguments)
        sys.stdout.flush()
    except SealwardError as error:
        print(f"{_over_progress()}sealward: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        after = AFTER_INTERRUPT.get(command, "run it again")
        print(f"{_over_progress()}sealward: interrupted; {after}", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _forget_stdout()
    return status


def _over_progress() -> str:
    """What takes a progress bar away that is being drawn on a terminal."""
    from sealward.report import CLEAR

    return CLEAR if sys.stderr.isatty() else ""


def _forget_stdout() -> NoReturn:
    """The reader of our output went away (``| head``): end as quietly as git does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(141)


def _usage() -> str:
    return USAGE.format(commands="\n".join(f"  {name:<10} {text}" for name, text in COMMANDS.items()))
