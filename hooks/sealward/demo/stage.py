"""The demo's stage: a server, a repository and an identity of their own; commands run in front of people."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sealward import children
from sealward.children import Child
from sealward.demo import bao_server as vault_server
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP_SECONDS = 60


class Stage:
    """A repository at ``folder`` and the environment in which commands run there."""

    def __init__(self, folder: Path, environment: dict[str, str], colour: bool) -> None:
        self.folder = folder
        self.environment = environment
        self.colour = colour

    def say(self, text: str) -> None:
        """A line of the story."""
        print(f"\n\x1b[1;34m{text}\x1b[0m" if self.colour else f"\n{text}", flush=True)

    def run(self, command: str, refused: bool = False, shown: bool = True, **extra: str) -> str:
        """Run a command as a user would type it, showing it and its output.

        ``refused`` says that it must fail; ``extra`` are more environment variables. Returns the output.
        Raises SealwardError where the command does not end as the story has it.
        """
        if shown:
            print(f"\x1b[1m$ {command}\x1b[0m" if self.colour else f"$ {command}", flush=True)
        try:
            done = subprocess.run(
                ["/bin/sh", "-c", command] if os.name == "posix" else shlex.split(command),
                cwd=self.folder, env={**self.environment, **extra}, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=STEP_SECONDS,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise SealwardError(f"the demo stalled at `{command}`", "report this") from None
        if shown:
            print("".join(f"  {line}\n" for line in done.stdout.splitlines()), end="", flush=True)
        if (done.returncode != 0) != refused:
            said = "" if shown else f": {done.stdout.strip()[-300:]}"
            raise SealwardError(
                f"the demo went wrong at `{command}` (exit status {done.returncode}){said}", "report this"
            )
        return done.stdout

    def show_cluster(self) -> None:
        """From now on commands see the user's kubeconfig, as kubectl does."""
        seen = children.environment(Child.KUBECTL)
        default = os.path.join(seen.get("HOME", ""), ".kube", "config")
        self.environment |= {**seen, **self.environment, "KUBECONFIG": seen.get("KUBECONFIG", default)}

    def write(self, name: str, text: str) -> None:
        """Write a file of the repository, and show that."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@contextlib.contextmanager
def stage(keep: Path | None, colour: bool) -> Iterator[Stage]:
    """Set the stage; afterwards nothing is left, nor running. ``keep`` is where the repository stays.

    Raises SealwardError where ``keep`` is not empty, or a program is missing.
    """
    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise SealwardError(f"{keep} is not empty", "name a new folder for --keep")
    with tempfile.TemporaryDirectory(prefix="sealward-demo-") as scratch, vault_server.dev_server() as server:
        home = keep.resolve() if keep else Path(scratch, "story")
        folder = home / "trading-bot"
        folder.mkdir(parents=True)
        yield Stage(folder, _environment(Path(scratch), home, server), colour)


def _environment(scratch: Path, home: Path, server: vault_server.Server) -> dict[str, str]:
    """Nothing of the user's own configuration: no git settings, no keys, no Vault token."""
    tools = scratch / "bin"
    tools.mkdir()
    _link_tools(tools)
    return children.environment(Child.SERVER) | {
        "PATH": os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "HOME": str(scratch),
        "PRE_COMMIT_HOME": str(scratch / "pre-commit"),
        "SOPS_AGE_KEY_FILE": str(home / "age-identity.txt"),
        "VAULT_ADDR": server.address,
        "VAULT_TOKEN": server.root_token,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "You", "GIT_AUTHOR_EMAIL": "you@example.org",
        "GIT_COMMITTER_NAME": "You", "GIT_COMMITTER_EMAIL": "you@example.org",
        "GIT_PAGER": "cat", "NO_COLOR": "1", "PRE_COMMIT_COLOR": "never",
    }  # fmt: skip


def _link_tools(folder: Path) -> None:
    """`sops` and `bao` as commands, wherever they were found."""
    from sealward.sops import program

    for name, found in (("sops", program.find()), ("bao", vault_server.find())):
        with contextlib.suppress(OSError):
            (folder / name).symlink_to(found)
