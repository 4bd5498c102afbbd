"""The command line: one table of commands; a command's module is imported when it runs.

Whatever happens ends in a status and at most one line: 0 clean or done, 1 findings, 2 could not do it,
3 a fault of Sealward itself, 128 and the signal's number where it was interrupted or ended.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS = {
    "check": "judge files: sealed as they must be, whole, untampered",
    "explain": "say what a rule means, with a bad and a good example",
    "rotate": "make a new secret in Vault and re-pin it in the sealed files",
    "pin": "move the pins of a secret to a version that Vault has already",
    "reject": "mark a version of a secret as bad, so that no run pins it",
    "retire": "revoke old values where they were issued, or see what waits",
    "reencrypt": "bring sealed files into line with the creation rules, in place",
    "deploy": "bring sealed Secrets to Kubernetes, and restart only what uses a changed key",
    "exec": "run a command with the values of sealed files in its environment",
    "merge": "merge sealed files in conflict: by key path, and the MAC renewed",
    "diff": "show what changed in sealed files, by key path, without a secret",
    "history": "find secrets that once stood in clear, and say which still live",
    "git": "have git merge and show sealed files by key path",
    "log": "list rotations: who renewed which secret, when, and why",
    "status": "list every Vault reference: pin, age, policy, due date",
    "policies": "say which rule of a policy governs a path, or write the least policy of a role",
    "demo": "watch the whole story on a throw-away Vault server and repository",
}

HIDDEN = ("merge-driver", "textconv")
"""Commands that git calls, and people do not."""

AFTER_INTERRUPT = {
    "rotate": "`sealward rotate --resume` finishes what was under way, or says that nothing was",
    "reencrypt": "run it again: it finishes what was under way",
    "deploy": "run it again: it finishes what was under way",
}
"""What to do after Ctrl-C, where it is not simply to run the command again."""

FAULT = 3
"""The exit status of a fault of ours."""

_NO_WAY_OUT = (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EDQUOT)
"""How writing to standard output fails where nothing is there to take it."""

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

Exit status: 0 clean or done, 1 findings, 2 could not do it (one line says why and the way out),
3 a fault of Sealward itself, 130 interrupted.
"""


class Ended(KeyboardInterrupt):
    """The process is asked to end: what Ctrl-C cleans up is cleaned up here, too."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def main(argv: Sequence[str] | None = None, now: Callable[[], float] | None = None) -> int:
    """Run one command; ``argv`` is without the program's name. Returns the exit status.

    ``now`` is a clock (seconds since 1970) for what has an age; where it is None, that of the system.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    command, rest = arguments[0] if arguments else "", arguments[1:]
    if command in ("-h", "--help", "help") and rest and rest[0] in (*COMMANDS, *HIDDEN):
        command, rest = rest[0], ["--help"]
    return _guarded(command, rest, now)


def _guarded(command: str, arguments: list[str], now: Callable[[], float] | None) -> int:
    """Run a command; whatever it raises becomes a status and one line."""
    from sealward.errors import SealwardError
    from sealward.terminal import complain

    _end_on_signals()
    try:
        if sys.stdout is None:
            complain("standard output is closed; there is nowhere to print to")
            return 2
        status = _run(command, arguments, now)
        sys.stdout.flush()
    except SealwardError as error:
        complain(_shown(str(error)))
        return 2
    except Ended as error:
        complain(f"ended; {AFTER_INTERRUPT.get(command, 'run it again')}")
        return 128 + error.number
    except (KeyboardInterrupt, EOFError):
        complain(f"interrupted; {AFTER_INTERRUPT.get(command, 'run it again')}")
        return 128 + signal.SIGINT
    except BrokenPipeError:
        return _forget_stdout(141)  # the reader went away (``| head``): end as quietly as git does
    except OSError as error:
        if error.filename is not None or error.errno not in _NO_WAY_OUT:
            return _fault(error)
        complain(f"the output cannot be written ({error.strerror}); make room, or write it elsewhere")
        return _forget_stdout(2)
    except Exception as error:
        return _fault(error)
    return status


def _shown(text: str) -> str:
    """An error's text; where a file in it is called by a token, without that."""
    from sealward.detectors import suspicious

    if not suspicious([text]):
        return text
    from sealward.detectors.names import masked

    return masked(text)


def _run(command: str, arguments: list[str], now: Callable[[], float] | None) -> int:
    if command in ("", "-h", "--help", "help"):
        print(_usage(), end="")
        return 0 if command else 2
    if command in ("-V", "--version", "version"):
        from sealward import __version__

        print(f"sealward {__version__}")
        return 0
    from sealward.commands.options import Parser, nearest

    if command not in (*COMMANDS, *HIDDEN):
        from sealward.terminal import complain

        complain(f"no command {command!r}{nearest(command, COMMANDS) or '; `sealward --help` lists them'}")
        return 2
    module = import_module(f"sealward.commands.{command.replace('-', '_')}")
    parser = Parser(f"sealward {command}", module.DESCRIPTION, module.EPILOG)
    module.configure(parser)
    if now is not None:
        parser.set_defaults(now=now)
    status: int = module.main(parser.parse_args(arguments))
    return status


def _end_on_signals() -> None:
    """SIGTERM and SIGHUP end a run as Ctrl-C does; only in this process, and not in copies of it."""
    ours = os.getpid()

    def end(number: int, _: object) -> None:
        if os.getpid() != ours:
            os._exit(128 + number)
        raise Ended(number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            try:
                signal.signal(number, end)
            except ValueError:
                return  # not the main thread: whoever runs us there ends us


def _fault(error: BaseException) -> int:
    """One line for what should not happen. The error's own text may quote a file: it is left out."""
    from sealward.terminal import complain

    if os.environ.get("SEALWARD_TRACEBACK"):
        import traceback

        traceback.print_exception(type(error), error, error.__traceback__)
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f" in {os.path.basename(at.tb_frame.f_code.co_filename)}:{at.tb_lineno}" if at else ""
    complain(
        f"a fault of Sealward ({type(error).__name__}{where}); please report it with what"
        " SEALWARD_TRACEBACK=1 shows, after a look that it holds nothing secret"
    )
    return FAULT


def _forget_stdout(status: int) -> int:
    """Nothing more can be written, not even when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def _usage() -> str:
    return USAGE.format(commands="\n".join(f"  {name:<10} {text}" for name, text in COMMANDS.items()))
