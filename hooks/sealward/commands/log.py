"""``sealward log``: which secret was rotated when, by whom, and why, from commits and from the server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sealward.commands.options import add_format
from sealward.errors import SealwardError
from sealward.terminal import complain, say, say_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from sealward.git import Repository
    from sealward.rotation.chronicle import Event
    from sealward.vault.client import Client

DESCRIPTION = "List rotations: from the trailers of commits, and from what the server remembers."

EPILOG = """\
Examples:
  sealward log                        every rotation that a commit of this branch, or the server, knows of
  sealward log secret/bot/binance     of one secret
  sealward log --offline --format json

Commits carry `Sealward-Rotated: secret/bot/binance#api_key 7 -> 8`. The server keeps the last ten rotations
of a secret in its custom_metadata; it is asked where VAULT_ADDR (or BAO_ADDR) is set.
Exit status: 0 done, 2 could not do it, or the server did not say all (one line says why).
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward log``; returns the exit status. Raises SealwardError."""
    from sealward.git import Repository
    from sealward.references.syntax import secret_path
    from sealward.report.chronicle import as_data, as_text
    from sealward.rotation.chronicle import from_commits, joined

    try:
        secret = "/".join(secret_path(options.path)) if options.path else ""
    except ValueError as error:
        raise SealwardError(str(error), "give MOUNT/PATH, such as secret/bot/binance") from None
    with Repository.around() as repository:
        said = list(from_commits(repository.messages(), secret))
        kept, problems = _from_server(options, repository, secret, said)
    found = joined(said, kept)
    if options.format == "json":
        say_json(as_data(found, problems))
    else:
        say(as_text(found))
        for problem in problems:
            complain(str(problem))
    return 2 if problems else 0


def _from_server(
    options: argparse.Namespace, repository: Repository, secret: str, said: Sequence[Event]
) -> tuple[list[Event], list[SealwardError]]:
    """What the server remembers of the secret, or of all that commits and files name."""
    if options.offline or not (os.environ.get("BAO_ADDR") or os.environ.get("VAULT_ADDR")):
        return [], []
    from sealward.rotation.chronicle import from_server
    from sealward.vault.connection import connect

    client = connect()
    secrets = {secret} if secret else {one.secret for one in said} | _referred(repository, client)
    return from_server(client, sorted(secrets))


def _referred(repository: Repository, client: Client) -> set[str]:
    """The secrets that sealed files refer to, as far as age identities of this machine open them."""
    from sealward.plaintext import forbid_core_dumps
    from sealward.sealed.unopened import opened
    from sealward.sops.reading.identities import find

    forbid_core_dumps()
    sites = [site.reference for one in opened(repository, find(services=False))[0] for site in one.sites]
    settled = (client.mounts.settled(one) for one in sites)
    return {f"{one.mount}/{one.path}" for one in settled if one.is_versioned and not one.is_elsewhere}


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("path", nargs="?", metavar="SECRET", help="MOUNT/PATH, with or without data/")
    parser.add_argument("--offline", action="store_true", help="ask no server: commits alone")
    add_format(parser)
