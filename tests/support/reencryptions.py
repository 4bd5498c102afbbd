"""Sealed files that a recipient leaves, re-encrypted by a process that a test kills."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from sealward.reencryption.resealing import recipients
from sealward.sealed.files import open_sealed
from sealward.sops.format.ciphertext import parse as parse_ciphertext
from sealward.sops.reading.identities import find
from tests.support.repo import Repo, make

if TYPE_CHECKING:
    from pathlib import Path

    from sealward.sealed.files import Sealed
    from tests.support.sops import Sealer

KILLER = """
import os, signal, sys, threading
limit, delay, start = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
seen = 0
def kill():
    os.kill(os.getpid(), signal.SIGKILL)
def begin():
    timer = threading.Timer(delay, kill)
    timer.daemon = True
    timer.start()
def hook(event, arguments):
    global seen, start
    if event not in ("open", "os.rename", "os.remove"):
        return
    if "sealward-reencrypt" in str(arguments[0]):
        seen += 1
        if seen == limit:
            print("killed before", event, flush=True)
            kill()
        if start == "written":
            start = ""
            begin()
        if start == "commit" and event == "os.rename":
            start = "written"  # an event comes before what it tells of
sys.addaudithook(hook)
if start == "now":
    begin()
from sealward.cli import main
sys.exit(main(sys.argv[4:]))
"""
"""Kills itself before the n-th access to the journal or to a temporary file, or some seconds after its
start (``now``) or after the journal was first written (``commit``)."""


class Fleet:
    """``count`` sealed files in a repository whose rule has lost a recipient, ``former``."""

    def __init__(self, repo: Repo, originals: dict[str, bytes]) -> None:
        self.repo = repo
        self.originals = originals

    @classmethod
    def sealed(cls, folder: Path, sealer: Sealer, former: str, count: int) -> Fleet:
        """A fresh one."""
        rules = sealer.rules(former)
        files = {
            f"app{number % 7}/s{number}.enc.yaml": sealer.seal(
                f"app{number % 7}/s{number}.enc.yaml",
                f"# of {number}\nkey: vault:secret/data/app/{number}#key#1\nport: {number}\n",
                rules,
            )
            for number in range(count)
        }
        repo = make(folder)
        repo.commit({**files, ".sops.yaml": sealer.rules()})
        return cls(repo, files)

    def copy(self, folder: Path) -> Fleet:
        """The same, to spoil: with its git directory and what a killed run left in it."""
        shutil.copytree(self.repo.path, folder, symlinks=True)
        copy = Repo(folder)
        copy.git("update-index", "-q", "--refresh", check=False)
        return Fleet(copy, self.originals)

    def reencrypt(
        self, *arguments: str, kill_at: int = 0, kill_after: float = 0.0, start: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run `sealward reencrypt` in a process of its own, killed as ``KILLER`` says."""
        words = [sys.executable, "-c", KILLER, str(kill_at), str(kill_after), start, "reencrypt", *arguments]
        return subprocess.run(words, cwd=self.repo.path, capture_output=True, text=True, check=False)

    def held(self) -> dict[str, bytes]:
        """What each file holds now."""
        return {path: (self.repo.path / path).read_bytes() for path in self.originals}

    def new(self) -> dict[str, bytes]:
        """The files that are not byte for byte as they were."""
        return {path: data for path, data in self.held().items() if data != self.originals[path]}

    def is_over(self) -> bool:
        """Whether nothing is left to do: the last thing that a run does is to remove its journal."""
        journal = self.repo.path / ".git" / "sealward-reencrypt"
        return not journal.exists() and self.new().keys() == self.originals.keys()

    def problems(self, finished: bool) -> list[str]:
        """Each file must be old, or wholly new: it opens, its values are the same, its recipients the
        rule's, nothing of its ciphertext is kept. At the end of all all are new and nothing lies about."""
        wrong: list[str] = []
        identities = find()
        for path, data in self.new().items():
            file = self.repo.path / path
            before = open_sealed(path, file, self.originals[path], identities)
            try:
                after = open_sealed(path, file, data, identities)
            except Exception as error:
                wrong.append(f"{path} is torn: {error}")
                continue
            if _values(before) != _values(after) or len(recipients(after)) != 1:
                wrong.append(f"{path} is neither old nor new")
            if _ciphertexts(before) & _ciphertexts(after):
                wrong.append(f"{path} kept its data key")
        if finished:
            wrong += [f"{path} was forgotten" for path in self.originals.keys() - self.new().keys()]
            wrong += [f"{path} lies about" for path in self.repo.path.rglob("*sealward*")]
        return wrong


def _values(sealed: Sealed) -> list[tuple[object, ...]]:
    return [(value.leaf.path, value.kind, value.plaintext) for value in sealed.opened.values]


def _ciphertexts(sealed: Sealed) -> set[str]:
    return {leaf.text for leaf in sealed.document.leaves if parse_ciphertext(leaf.text)}
