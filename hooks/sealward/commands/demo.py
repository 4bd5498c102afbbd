"""``sealward demo``: the whole story on real parts, in half a minute."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

DESCRIPTION = "Watch a plaintext commit refused, a sealed one accepted, and a secret rotated."

EPILOG = """\
An OpenBao server in memory and a throw-away git repository are set up, used and removed. Nothing of
yours is read or changed: no git settings, no keys, no Vault token. Only --context uses your kubeconfig.
Exit status: 0 done, 2 could not do it (one line says why), 130 interrupted (and cleaned up).
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--context",
        metavar="NAME",
        help="a context of your kubeconfig: two more scenes, in a namespace of their own",
    )
    parser.add_argument("--keep", metavar="DIR", help="leave the repository and its identity in DIR")


def main(options: argparse.Namespace) -> int:
    """Run ``sealward demo``; returns 0. Raises SealwardError where a step does not end as it should."""
    from sealward.demo import cluster
    from sealward.demo.stage import stage
    from sealward.demo.story import play
    from sealward.terminal import wants_colour

    keep = Path(options.keep) if options.keep else None
    start = time.monotonic()
    with stage(keep, wants_colour(sys.stdout)) as ready:
        play(ready)
        if options.context:
            ready.show_cluster()
            cluster.play(ready, options.context, f"sealward-demo-{os.getpid()}")
        else:
            print(f"\n{cluster.ELSEWHERE}")
    print(f"\nThat was all, in {time.monotonic() - start:.0f} s. Nothing is left running.")
    if keep:
        print(f"The repository is {keep / 'trading-bot'}, its identity {keep / 'age-identity.txt'}.")
    return 0
