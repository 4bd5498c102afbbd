"""Commits: whether one can be made, known before anything is done that should end in one; and made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sealward import executables
from sealward.errors import SealwardError
from sealward.git import process
from sealward.git.plumbing import Plumbing

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNDER_WAY = {
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
}
"""What lies in the git directory while something is under way, and the command that ends it."""

_LOCKS = ("index.lock", "HEAD.lock")
_HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg")
"""The hooks that can refuse a commit."""


class Committing(Plumbing):
    """Making commits of some paths, and knowing beforehand whether they can be made."""

    def check_committable(self, *, probe: bool = True) -> None:
        """Whether git would make a commit now, as far as that is to be known. Raises SealwardError.

        With ``probe`` a signature is tried where commits are signed: that starts the program that signs.
        """
        names = [*_UNDER_WAY, *_LOCKS, *(f"hooks/{name}" for name in _HOOKS)]
        places = dict(zip(names, self._places(names), strict=True))
        for name, verb in _UNDER_WAY.items():
            if os.path.lexists(places[name]):
                hint = f"end it first (`git {verb} --continue`, or `git {verb} --abort`)"
                raise SealwardError(f"a {verb} is under way, and git makes no other commit meanwhile", hint)
        for name in _LOCKS:
            if os.path.lexists(places[name]):
                hint = "wait until the other git ends; where none runs any more, remove that file"
                raise SealwardError(f"{places[name]} is there: git would not commit", hint)
        for name in _HOOKS:
            self._check_hook(places[f"hooks/{name}"])
        self._check_identity()
        if probe and self._said("config", "--type=bool", "--get", "commit.gpgsign").strip() == b"true":
            self._check_signature()

    def commit(self, paths: Iterable[str], message: str) -> str:
        """Commit just these paths (from the top), through the repository's hooks; returns the commit's name.
        Raises SealwardError."""
        # Not --literal-pathspecs: hooks would inherit it.
        files = (f":(top,literal){path}" for path in paths)
        words = ["commit", "--quiet", "--message", message, "--only", "--", *files]
        done = process.run(words, self.top, reading=False)
        if done.returncode:
            hint = "fix that, then `sealward rotate --resume --commit` commits what is left in the work tree"
            raise SealwardError(f"git commit failed: {process.words(done)}", hint)
        return self._output("rev-parse", "HEAD").decode("ascii").strip()

    def _places(self, names: list[str]) -> list[str]:
        """Where git looks for these names. With the repository's settings: they say where hooks are."""
        words = [word for name in names for word in ("--git-path", name)]
        done = process.run(["rev-parse", *words], self.top, reading=False)
        process.checked(["rev-parse"], done)
        found = done.stdout.decode("utf-8", "surrogateescape").split("\n")
        return [os.path.join(self.top, one) for one in found if one]

    def _check_hook(self, hook: str) -> None:
        """git passes over a hook that is not executable, and fails on one that does not start."""
        if not (os.path.isfile(hook) and os.access(hook, os.X_OK)):
            return
        reason = executables.obstacle(hook, self.top, process.environment())
        if reason:
            hint = "repair the hook (`pre-commit install` renews its own), or take it away"
            raise SealwardError(f"the hook {hook} {reason}: git would not commit", hint)

    def _check_identity(self) -> None:
        for name in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            done = process.run(["var", name], self.top, reading=False)
            if done.returncode:
                hint = "`git config user.name NAME` and `git config user.email ADDRESS` say it"
                raise SealwardError(f"git does not know who commits: {process.words(done)}", hint)

    def _check_signature(self) -> None:
        """A signed commit that no branch names; git takes it away again in time."""
        tree = self._said("rev-parse", "--verify", "--quiet", "HEAD^{tree}").decode("ascii").strip()
        if not tree:
            return
        words = ["commit-tree", "-S", "-m", "sealward: can commits be signed?", tree]
        done = process.run(words, self.top, reading=False)
        if done.returncode:
            hint = "`git commit --allow-empty` shows it; or `git config commit.gpgsign false`"
            raise SealwardError(f"commits cannot be signed: {process.words(done)}", hint)

    def _said(self, *words: str) -> bytes:
        return process.run(list(words), self.top, reading=False).stdout
