"""Three secrets in two sealed files, rotated by a process that a test kills."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from sealward.sealed.files import sealed_files
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

NAMES = ("one", "two", "three")
POLICY = """\
policies:
  keys:
    paths: [{mount}/**]
    keys: [key]
    every: 7d
    generator: hex:16
"""
KILLER = """
import os, signal, sys, threading
from sealward.rotation import batch, steps
seen, limit, delay, since = [0], int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
def wait():
    timer = threading.Timer(delay, lambda: os.kill(os.getpid(), signal.SIGKILL))
    timer.daemon = True
    timer.start()
def checkpoint(step):
    seen[0] += 1
    if seen[0] == limit:
        print("killed at", step, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    if seen[0] == since:
        wait()
steps.checkpoint = batch.checkpoint = checkpoint
if delay and not since:
    wait()
from sealward.cli import main
sys.exit(main(sys.argv[4:]))
"""
"""Kills itself at the n-th checkpoint, or some seconds after its start or (``since``) the m-th checkpoint."""


LASTING = ("sealward-renewed", "sealward-pin-", "sealward-log-")
"""What stays in a secret's ``custom_metadata``: since when keys have their value, who pins which version, and what
was rotated."""


def under_way(custom: Mapping[str, str]) -> dict[str, str]:
    """The entries of a secret's ``custom_metadata`` but for those that stay."""
    return {name: text for name, text in custom.items() if not name.startswith(LASTING)}


class Trio:
    """The world of one rotation: secrets under ``folder`` of the server's mount, files in a repository."""

    def __init__(self, repo: Repo, sealer: Sealer, bao: Bao, folder: str = "bot") -> None:
        self.repo, self.sealer, self.bao, self.folder = repo, sealer, bao, folder
        for name in NAMES:
            bao.put(f"{folder}/{name}", key=f"first value of {name}", other="kept")
        where = f"vault:{bao.mount}/data/{folder}"
        first = "".join(f"{name}: {where}/{name}#key#1\n" for name in NAMES)
        second = f"copy: {where}/two#key#1\nother: {where}/three#other#1\n"
        repo.commit(
            {
                ".sops.yaml": sealer.rules(),
                "a.enc.yaml": sealer.seal("a.enc.yaml", first),
                "b.enc.yaml": sealer.seal("b.enc.yaml", second),
                "vault/rotation.yaml": POLICY.format(mount=bao.mount),
            }
        )

    def rotate(
        self, *arguments: str, kill_at: int = 0, kill_after: float = 0.0, since: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run `sealward rotate` in a process of its own, killed as ``KILLER`` says."""
        when = [str(kill_at), str(kill_after), str(since)]
        words = [sys.executable, "-c", KILLER, *when, "rotate", *arguments]
        return subprocess.run(words, cwd=self.repo.path, capture_output=True, text=True, check=False)

    def pins(self) -> dict[str, set[int]]:
        """Each secret's pins in all files; every file must be whole: it opens and its MAC holds."""
        from sealward.git import Repository

        found: dict[str, set[int]] = {}
        with Repository(str(self.repo.path), "") as repository:
            for sealed in sealed_files(repository, find()):
                for site in sealed.sites:
                    name = site.reference.path.rpartition("/")[2]
                    found.setdefault(name, set()).add(site.reference.version or 0)
        return found

    def versions(self) -> dict[str, int]:
        """The newest version of each secret."""
        return {
            name: self.bao.client.metadata(self.bao.mount, f"{self.folder}/{name}").current for name in NAMES
        }

    def killed_at(self, step: int) -> str:
        """Rotate all, killed at the n-th step, and resume: what that came to, as a row of docs/measurements/kills.md."""
        killed = self.rotate("--all", "--yes", kill_at=step)
        written, pins = self.versions(), self.pins()
        made = ", ".join(name for name in NAMES if written[name] == 2) or "none"
        pinned = ", ".join(
            f"{name} {' and '.join(map(str, sorted(pins[name])))}" for name in NAMES if pins[name] != {1}
        )
        resumed = self.rotate("--resume", "--format", "json")
        assert resumed.returncode == 0, resumed.stderr
        finished = [one["secret"].rpartition("/")[2] for one in report(resumed)["rotated"]]
        assert self.versions() == written, "finishing makes no second secret"
        assert self.problems() == []
        custom = [self.bao.client.metadata(self.bao.mount, f"{self.folder}/{name}").custom for name in NAMES]
        assert [under_way(one) for one in custom] == [{}] * len(NAMES), "the journal is empty"
        when = killed.stdout.strip().removeprefix("killed at ") if killed.returncode else "not killed"
        return f"| {step} | {when} | {made} | {pinned or 'none'} | {', '.join(finished) or 'nothing'} |"

    def problems(self) -> list[str]:
        """What is wrong: nothing, if every pin resolves, agrees with the others, and siblings are kept."""
        wrong = []
        newest = self.versions()
        for name, pins in self.pins().items():
            if len(pins) != 1:
                wrong.append(f"{name} is pinned to {sorted(pins)}")
            for pin in pins:
                held = self.bao.get(f"{self.folder}/{name}", pin)
                if held["other"] != "kept":
                    wrong.append(f"{name} lost a sibling key")
            if max(pins) != newest[name]:
                wrong.append(f"{name} is pinned to {pins}, Vault has {newest[name]}")
        wrong += [str(path) for path in self.repo.path.rglob("*.sealward-*")]
        return wrong


def report(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The JSON that a run printed."""
    found: dict[str, Any] = json.loads(done.stdout)
    return found
