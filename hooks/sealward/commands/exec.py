"""``sealward exec``: a command with the values of sealed files in its environment, for local use."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from sealward.children import for_command
from sealward.deploy import environment
from sealward.deploy.resolution import Resolver
from sealward.deploy.wanted import wrong
from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.plaintext import Plaintext, forbid_core_dumps
from sealward.sealed.files import walk
from sealward.sops.reading.identities import find
from sealward.terminal import say
from sealward.vault.connection import connect

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from sealward.commands.options import Parser
    from sealward.deploy.wanted import Entry
    from sealward.sealed.files import Closed

DESCRIPTION = "Run a command with the values of sealed files in its environment, resolved in memory."

EPILOG = """\
Examples:
  sealward exec -- ./bot                              the only sealed file of the repository
  sealward exec app.enc.env -- npm start              a sealed dotenv file: its names are the variables
  sealward exec --keys upper-snake secrets.enc.yaml -- ./bot
  sealward exec --dry-run app.enc.env                 names of variables and their references, no value

Pinned references are read from Vault; nothing is written anywhere. No shell is started, the command takes the
place of this process: signals and its exit status are its own. It sees your environment, without VAULT_TOKEN
and the keys that open sealed files (SEALWARD_PASS=NAME passes one on).
Exit status: the command's; 2 where it could not be started (one line says why).
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward exec``; it does not return where the command runs. Raises SealwardError."""
    if not options.dry_run and not options.command:
        hint = "such as `sealward exec secrets.enc.env -- ./bot`"
        raise SealwardError("there is no command behind `--`", hint)
    forbid_core_dumps()
    with Repository.around() as repository:
        identities = find()
        opened = [one.opened(identities) for one in _chosen(repository, options.files)]
    found = environment.variables(opened, options.keys, unpinned=options.allow_unpinned)
    if options.dry_run:
        say(environment.shown(found))
        return 0
    resolver = Resolver(connect)
    resolver.ask(found.values())
    return _become(options.command, {name: _value(resolver, entry) for name, entry in found.items()})


def _value(resolver: Resolver, entry: Entry) -> bytes:
    """An empty value stays one; elsewhere that is an error."""
    literal = [one for one in entry.pieces if isinstance(one, Plaintext)]
    if len(literal) == len(entry.pieces) == 1:
        return literal[0].reveal()
    value = resolver.value(entry).reveal()
    if b"\0" in value:
        raise wrong(entry.place, "holds a NUL in Vault, which no variable can", "encode it there (Base64)")
    return value


def _chosen(repository: Repository, named: Sequence[str]) -> list[Closed]:
    """The files that are named, or the only one there is. Raises SealwardError where there are others."""
    found = list(walk(repository, named))
    if not named and len(found) != 1:
        said = f"there are {len(found)} sealed files" if found else "there is no sealed file"
        listed = ", ".join(one.path for one in found[:5])
        raise SealwardError(f"{said} here", f"name one: {listed}" if listed else "seal one (`sops encrypt`)")
    return found


def _become(command: Sequence[str], variables: dict[str, bytes]) -> int:
    """Give this process to the command. Raises SealwardError where that cannot be."""
    inherited = {os.fsencode(name): os.fsencode(value) for name, value in for_command().items()}
    environment = inherited | {name.encode(): value for name, value in variables.items()}
    program = shutil.which(command[0])
    try:
        if program is None:
            raise FileNotFoundError(2, os.strerror(2))
        sys.stdout.flush()
        sys.stderr.flush()
        if os.name == "nt":
            return subprocess.run([program, *command[1:]], env=_decoded(environment), check=False).returncode
        for name in ("SIGPIPE", "SIGXFSZ"):  # which Python ignores, and a command would inherit that
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.execve(program, list(command), environment)  # noqa: S606 - no shell is wanted
    except OSError as error:
        hint = "is it there, executable, and its environment not too large?"
        raise SealwardError(f"cannot run {command[0]} ({error.strerror})", hint) from None


def _decoded(environment: Mapping[bytes, bytes]) -> dict[str, str]:
    return {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()}


def configure(parser: Parser) -> None:
    """The options of the command."""
    parser.takes_command = True
    parser.usage = "sealward exec [OPTION...] [FILE...] -- COMMAND [ARGUMENT...]"
    parser.add_argument("files", nargs="*", metavar="FILE", help="sealed files (default: the only one)")
    parser.add_argument(
        "--keys", choices=("as-is", "upper-snake"), default="as-is",
        help="names: keys as they are, or whole key paths in capitals (default: as-is)",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="name variables and references, run nothing")
    parser.add_argument("--allow-unpinned", action="store_true", help="take the newest version without a pin")
