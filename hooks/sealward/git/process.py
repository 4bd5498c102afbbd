"""The git program: how it is started, with what, and what it says where it fails."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
from typing import TYPE_CHECKING

from sealward import children
from sealward.children import Child
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Sequence

READING = (
    "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"
)  # fmt: skip
"""What a checkout could bring along to have git start a program, taken away from commands that read: a bare
repository among its files, with settings of its own; a file system monitor; hooks."""


def start(arguments: list[str], folder: str, bare: bool = False) -> subprocess.Popen[bytes]:
    """Start git, for questions on its standard input. Raises SealwardError where git is missing."""
    pipe = subprocess.PIPE
    command = ["git", *READING, *(["--git-dir=."] if bare else []), *arguments]
    try:
        return subprocess.Popen(
            command, cwd=folder, env=environment(), stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise _no_git() from None


def run(
    arguments: list[str], folder: str, *, bare: bool = False, given: bytes = b"", reading: bool = True
) -> subprocess.CompletedProcess[bytes]:
    """Run git to its end. ``reading`` takes from it what a checkout could have it start.

    Raises SealwardError where git is missing.
    """
    command = ["git", *(READING if reading else ()), *(["--git-dir=."] if bare else []), *arguments]
    try:
        return subprocess.run(
            command, cwd=folder, env=environment(), input=given, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise _no_git() from None


def environment() -> dict[str, str]:
    """What git may see, with its messages in English and no lock taken for reading's sake; objects as they
    are, and not what `git replace` shows in their place: that is not pushed."""
    ours = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1"}
    return {**children.environment(Child.GIT), **ours}


def checked(arguments: Sequence[str], done: subprocess.CompletedProcess[bytes]) -> None:
    """Raises SealwardError, with git's own words, for a run that failed."""
    if done.returncode:
        verb = next((word for word in arguments if not word.startswith("-") and "=" not in word), "git")
        raise SealwardError(f"git {verb} failed: {words(done)}", "run it by hand to see why")


def words(done: subprocess.CompletedProcess[bytes]) -> str:
    """The line in which git says why it failed."""
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    fatal = (line for line in lines if line.startswith(("fatal: ", "error: ")))
    return next(fatal, lines[-1] if lines else f"status {done.returncode}")


def refused(done: subprocess.CompletedProcess[bytes], top: str) -> SealwardError:
    """The error for a repository that is there, and that git does not take."""
    hint = f"`git -C {shlex.quote(top)} status` says more"
    with contextlib.suppress(OSError):
        git = os.path.join(top, ".git")
        owners = {os.stat(one).st_uid for one in (top, git) if os.path.exists(one)}
        if hasattr(os, "geteuid") and owners != {os.geteuid()}:
            command = f"git config --global --add safe.directory {shlex.quote(top)}"
            hint = f"it belongs to another user; if you trust it: `{command}`"
    return SealwardError(f"git refuses this repository: {words(done)}", hint)


def _no_git() -> SealwardError:
    return SealwardError("there is no git on PATH", "install git, or check files outside of any repository")
