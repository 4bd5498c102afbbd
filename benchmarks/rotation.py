"""Many due secrets at once, beside the program and the server alone: python -m benchmarks.rotation

Writes docs/measurements/rotation-speed.md. Needs a minute.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.support.openbao import Bao
from tests.support.repo import Repo, make
from tests.support.sops import Sealer, new_identity

import sealward
from benchmarks.stopwatch import BETWEEN, MEASURED
from sealward.demo.bao_server import dev_server
from sealward.sops import program

PAGE = Path(__file__).parents[1] / "docs" / "measurements" / "rotation-speed.md"
SIZES = ((50, 13), (100, 25), (200, 50))
POLICY = "policies:\n  keys:\n    paths: [{mount}/**]\n    every: 1s\n    generator: hex:32\n"
TEXT = """\
# How long many rotations take

Written by `python -m benchmarks.rotation`: `sealward rotate --due --yes` on a real OpenBao server (in memory,
on this machine), whole processes; medians of {rounds} rounds. Right after it, in the same round, the same
number of `sops set` processes and of bare writes to Vault over one connection: what nobody can do without.

| due secrets | sealed files | seconds | a secret | `sops set` + write | ratio | peak memory |
|---|---|---|---|---|---|---|
{rows}

The time holds all that makes it safe: every file opened and verified before and after, six requests to the
server about a secret and its journal, the file flushed to the disk and renamed. The copies of different files
are prepared at the same time, on all cores; the bare parts run one after another.
"""


class Round(NamedTuple):
    """Seconds of our whole process, of the bare parts, and our peak memory in megabytes."""

    ours: float
    bare: float
    megabytes: float


def main() -> None:
    """Measure each size, and write the page."""
    parser = argparse.ArgumentParser(prog="benchmarks.rotation", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    compileall.compile_dir(Path(sealward.__file__).parent, quiet=2)  # as pip does when it installs
    rows = []
    with dev_server() as server, tempfile.TemporaryDirectory() as scratch:
        recipient, identity = new_identity(Path(scratch))
        os.environ.update(
            SOPS_AGE_KEY_FILE=str(identity),
            HOME=scratch,
            VAULT_ADDR=server.address,
            VAULT_TOKEN=server.root_token,
        )
        for secrets, files in SIZES:
            world = World(make(Path(scratch) / f"r{secrets}"), Sealer(recipient), Bao(server), secrets, files)
            rows.append(_row(secrets, files, [world.round() for _ in range(rounds)]))
    PAGE.write_text(TEXT.format(rounds=rounds, rows="\n".join(rows)), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


class World:
    """``secrets`` secrets, each pinned once, in ``files`` sealed files."""

    def __init__(self, repo: Repo, sealer: Sealer, bao: Bao, secrets: int, files: int) -> None:
        self.repo, self.bao, self.names = repo, bao, [f"app/{number}" for number in range(secrets)]
        for name in self.names:
            bao.put(name, key="first", other="kept")
        held: list[list[str]] = [self.names[number::files] for number in range(files)]
        self.files = {f"app-{number}.enc.yaml": names for number, names in enumerate(held)}
        content: dict[str, str | bytes] = {
            path: sealer.seal(path, "".join(self._line(name) for name in names))
            for path, names in self.files.items()
        }
        policy = POLICY.format(mount=bao.mount)
        repo.commit({**content, ".sops.yaml": sealer.rules(), "vault/rotation.yaml": policy})

    def round(self) -> Round:
        """All secrets once by us, then the bare parts of it."""
        time.sleep(1.1)  # so that all are due
        command = [sys.executable, "-I", "-S", "-c", BETWEEN, MEASURED, "rotate", "--due", "--yes"]
        start = time.perf_counter()
        done = subprocess.run(
            [*command, "--format", "json"], cwd=self.repo.path, capture_output=True, text=True, check=False
        )
        ours = time.perf_counter() - start
        if done.returncode != 0 or len(json.loads(done.stdout)["rotated"]) != len(self.names):
            raise SystemExit(f"the rotation failed: {done.stderr}")
        peak = int(done.stderr.splitlines()[-1]) / (1 << (20 if sys.platform == "darwin" else 10))
        self.repo.git("commit", "--quiet", "--all", "--message", "rotated")
        return Round(ours, self._bare(), peak)

    def _bare(self) -> float:
        start = time.perf_counter()
        for path, names in self.files.items():
            for name in names:
                words = [program.find(), "set", "--value-stdin", path, f'["{self._key(name)}"]']
                subprocess.run(words, cwd=self.repo.path, input=b'"some other text"', check=True)
        for name in self.names:
            body = {"data": {"key": "some other text", "other": "kept"}}
            self.bao.client.transport.request("post", f"{self.bao.mount}/data/{name}", json=body)
        seconds = time.perf_counter() - start
        self.repo.git("checkout", "--quiet", ".")
        return seconds

    def _line(self, name: str) -> str:
        return f"{self._key(name)}: vault:{self.bao.mount}/data/{name}#key#1\n"

    @staticmethod
    def _key(name: str) -> str:
        return "key_" + name.rpartition("/")[2]


def _row(secrets: int, files: int, rounds: list[Round]) -> str:
    chosen = sorted(rounds, key=lambda one: one.ours / one.bare)[len(rounds) // 2]
    peak = max(one.megabytes for one in rounds)
    each, bare = (1000 * seconds / secrets for seconds in (chosen.ours, chosen.bare))
    return (
        f"| {secrets} | {files} | {chosen.ours:.1f} | {each:.0f} ms | {bare:.0f} ms | "
        f"{each / bare:.2f} | {peak:.0f} MB |"
    )


if __name__ == "__main__":
    main()
