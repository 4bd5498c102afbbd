"""Many files replaced as one: all of them or none, at whatever moment the process is killed.

All copies are ready → the journal is on the disk: from here on it will be done → each file is replaced →
the journal says so → the run ends and removes it. The journal is one file in the git directory and holds
just what the files are going to hold: sealed bytes. The next run first finishes what it finds there.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sealward import files, shell, worktree
from sealward.errors import SealwardError
from sealward.lock import locked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAME = "sealward-reencrypt"
"""The journal's name in the git directory."""

_MARK = "reencrypt"
"""Ends the names of temporary files, which so are known for what they are while the lock is held."""

_FORMAT = 1


class Change(NamedTuple):
    """One file: its path from the top, a hash of what it held, and what it is to hold (None: it does
    already). ``renewed`` says that it gets a fresh data key."""

    path: str
    renewed: bool
    before: str
    after: bytes | None

    @classmethod
    def of(cls, path: str, before: bytes, after: bytes, renewed: bool) -> Change:
        """A change from bytes to bytes."""
        return cls(path, renewed, _hash(before), after)


class Transaction:
    """One run's changes below ``top``; a context manager that keeps other runs out.

    ``changes`` are those of a killed run that has not ended, and then this run's as well. Raises
    SealwardError on entering if another run is at work, or if the journal cannot be read.
    """

    def __init__(self, top: str, journal: str) -> None:
        self.top = Path(top)
        self.journal = Path(journal)
        self.changes: list[Change] = []
        self._lock: int | None = None

    def __enter__(self) -> Transaction:
        self._lock = locked(str(self.journal.parent))
        self.changes = self._read()
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            os.close(self._lock)

    @property
    def pending(self) -> list[Change]:
        """The changes that a killed run has left to do, or perhaps to do."""
        return [one for one in self.changes if one.after is not None]

    def finish(self) -> int:
        """Do what a killed run left undone; returns how many files that were.

        Raises SealwardError, before any is replaced, if one has changed since to something else.
        """
        files.sweep(self.journal, _MARK)
        left = []
        for one in self.pending:
            held = self._held(one)
            if held not in (one.before, _hash(one.after or b"")):
                raise SealwardError(
                    f"{one.path} is not as the killed run of `sealward reencrypt` left it",
                    f"`git checkout -- {shell.pathspec(one.path)}` brings that back;"
                    f" or remove {self.journal} to give it up",
                )
            files.sweep(self.top / one.path, _MARK)
            left += [one] if held == one.before else []
        if self.pending:
            self._replace(left)
        return len(left)

    def check(self, changes: Iterable[Change]) -> None:
        """Whether these files can be replaced, and are as they were. Raises SealwardError if not."""
        for one in changes:
            files.check_replaceable(self.top / one.path, top=self.top)
            self._check(one)

    def commit(self, changes: Sequence[Change]) -> None:
        """Replace these files. Raises SealwardError: either no file has been changed, or the next run's
        ``finish`` will do the rest, which the message then says."""
        self.check(changes)
        new = {one.path for one in changes}
        self.changes = [one for one in self.changes if one.path not in new] + list(changes)
        if changes:
            self._write()
            self._replace(changes)

    def end(self) -> None:
        """The run is over: forget it."""
        if self.changes:
            self.journal.unlink(missing_ok=True)
            files.flush_folder(self.journal.parent)

    def _replace(self, changes: Sequence[Change]) -> None:
        for number, one in enumerate(changes):
            target = self.top / one.path
            try:
                self._check(one)
                files.replace(
                    target, one.after or b"", expected=target.read_bytes(), top=self.top, mark=_MARK
                )
            except SealwardError as error:
                done = f"{number} of {len(changes)} files are replaced"
                hint = f"{error.hint}; {done}, the next `sealward reencrypt` finishes the rest"
                raise SealwardError(error.message, hint) from None
        self.changes = [one._replace(after=None) for one in self.changes]
        self._write()

    def _check(self, change: Change) -> None:
        if self._held(change) != change.before:
            raise SealwardError(f"{change.path}: changed while we worked on it", "run the command again")

    def _held(self, change: Change) -> str:
        try:
            return _hash((self.top / change.path).read_bytes())
        except OSError:
            return ""

    def _write(self) -> None:
        entries = [
            {**one._asdict(), "after": None if one.after is None else base64.b64encode(one.after).decode()}
            for one in self.changes
        ]
        text = json.dumps({"version": _FORMAT, "changes": entries})
        try:
            files.write(self.journal, text.encode(), 0o600, _MARK)
        except OSError as error:
            hint = "make room, or make that folder writable"
            raise SealwardError(f"{self.journal}: cannot be written ({error.strerror})", hint) from None

    def _read(self) -> list[Change]:
        try:
            noted = json.loads(worktree.regular(str(self.journal)))
            if noted["version"] != _FORMAT:
                raise ValueError
            return [_change(**entry) for entry in noted["changes"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            hint = "look at `git diff` for what a killed run has done, and remove it"
            raise SealwardError(f"{self.journal} cannot be read", hint) from None


def _change(path: str, renewed: bool, before: str, after: str | None) -> Change:
    return Change(path, renewed, before, None if after is None else base64.b64decode(after))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
