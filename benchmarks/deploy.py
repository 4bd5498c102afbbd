"""Many Secrets and workloads deployed, beside kubectl: python -m benchmarks.deploy

Writes docs/measurements/deploy-speed.md. Needs KUBEBUILDER_ASSETS, kubectl, and two minutes.
"""

from __future__ import annotations

import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.kube import SKIPPED, Space, assets, env, running
from tests.support.openbao import Bao
from tests.support.repo import Repo, make
from tests.support.sops import Sealer, new_identity

from benchmarks.stopwatch import BETWEEN, MEASURED
from sealward.demo.bao_server import dev_server

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).parents[1] / "docs" / "measurements" / "deploy-speed.md"
SECRETS, WORKLOADS, ROUNDS = 200, 300, 3
TEXT = """\
# How long a deployment takes

Written by `python -m benchmarks.deploy`: `sealward deploy apply` of {secrets} Secrets with three keys
each, all pinned references, to a real API server with {workloads} workloads, and a real OpenBao
server, all on this machine; whole processes, medians of {rounds} rounds. In the same rounds `kubectl
apply --server-side` of the same Secrets, with values at hand: it reads no Vault, opens no sealed
file, and restarts nothing.

| | seconds | kubectl | ratio | peak memory |
|---|---|---|---|---|
{rows}

An apply without a change writes nothing. One changed key is one Secret written twice (the second
write takes the mark of the outstanding restart away) and the two workloads that use it restarted,
each write tried before; rollouts are not waited for (`--no-wait`).
"""


def main() -> int:
    """Measure, and write the page."""
    programs = assets()
    if programs is None:
        print(SKIPPED, file=sys.stderr)
        return 2
    with (
        tempfile.TemporaryDirectory() as scratch,
        running(Path(scratch), programs) as kube,
        dev_server() as server,
    ):
        recipient, keys = new_identity(Path(scratch))
        os.environ |= {
            "KUBECONFIG": str(kube.kubeconfig), "VAULT_ADDR": server.address, "HOME": scratch,
            "VAULT_TOKEN": server.root_token, "SOPS_AGE_KEY_FILE": str(keys),
        }  # fmt: skip
        stage = _Stage(make(Path(scratch, "repo")), Sealer(recipient), Bao(server), Space(kube))
        rows = stage.measured()
    text = TEXT.format(secrets=SECRETS, workloads=WORKLOADS, rounds=ROUNDS, rows="\n".join(rows))
    PAGE.write_text(text, encoding="utf-8")
    print(text)
    return 0


class _Stage:
    """A repository with one sealed file of many manifests, and what they are deployed to."""

    def __init__(self, repo: Repo, sealer: Sealer, bao: Bao, space: Space) -> None:
        self.repo, self.sealer, self.bao, self.space = repo, sealer, bao, space
        self.values = {
            f"s{number}": {f"K{key}": f"value-{number}-{key}" for key in range(3)}
            for number in range(SECRETS)
        }
        self.versions = dict.fromkeys(self.values, 1)
        for name, values in self.values.items():
            bao.put(name, **values)
        for number in range(WORKLOADS):
            space.deployment(f"d{number}", env(f"s{number % SECRETS}", f"K{number % 3}"), replicas=0)
        self.commit()

    def commit(self) -> None:
        """The pins as they are now."""
        settings = (
            "targets:\n  t:\n    cluster: {context: admin}\n"
            f"    namespace: {self.space.name}\n    manifests: [k.enc.yaml]\n"
        )
        documents = [json.dumps(self.manifest(name)) for name in self.values]
        rules = f"{self.sealer.rules()}    encrypted_regex: ^(data|stringData)$\n"
        sealed = self.sealer.seal("k.enc.yaml", "\n---\n".join(documents), rules)
        self.repo.commit({"deploy.yaml": settings, "k.enc.yaml": sealed})

    def manifest(self, name: str) -> dict[str, object]:
        """A Secret whose values are references."""
        at, version = f"vault:{self.bao.mount}/data/{name}", self.versions[name]
        return {
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name},
            "stringData": {key: f"{at}#{key}#{version}" for key in self.values[name]},
        }  # fmt: skip

    def measured(self) -> list[str]:
        """The rows: a first apply, one without a change, one of a changed key."""
        first, peak = self.apply()
        rows = [f"| the first apply | {first:.1f} | {self.kubectl(fresh=True):.1f} | | {peak} MB |"]
        for name, prepare in (("nothing changed", self.leave), ("one key changed", self.change)):
            rows.append(self.row(name, prepare))
        return rows

    def row(self, name: str, prepare: Callable[[], None]) -> str:
        """The medians of a row."""
        ours, theirs, peaks = [], [], []
        for _ in range(ROUNDS):
            prepare()
            seconds, peak = self.apply()
            ours.append(seconds)
            peaks.append(peak)
            theirs.append(self.kubectl())
        own, other = statistics.median(ours), statistics.median(theirs)
        return f"| {name} | {own:.2f} | {other:.2f} | {own / other:.2f} | {max(peaks)} MB |"

    def leave(self) -> None:
        """Change nothing."""

    def change(self) -> None:
        """Another value of one key, pinned."""
        self.values["s0"]["K0"] += "x"
        self.versions["s0"] = self.bao.put("s0", K0=self.values["s0"]["K0"])
        self.commit()

    def apply(self) -> tuple[float, int]:
        """Seconds and megabytes of one whole run."""
        words = [sys.executable, "-c", BETWEEN, MEASURED, "deploy", "apply", "--yes", "--no-wait"]
        start = time.monotonic()
        done = subprocess.run(words, cwd=self.repo.path, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - start
        assert done.returncode == 0, done.stderr
        return seconds, int(done.stderr.split()[-1]) // 1024

    def kubectl(self, *, fresh: bool = False) -> float:
        """Seconds of kubectl with the same Secrets, in a namespace of its own."""
        if fresh:
            self.other = Space(self.space.kube).name
        items = [
            {
                "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": self.other},
                "data": {key: base64.b64encode(text.encode()).decode() for key, text in values.items()},
            }
            for name, values in self.values.items()
        ]  # fmt: skip
        listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        words = ["kubectl", "--context=admin", "apply", "--server-side", "--filename=-"]
        start = time.monotonic()
        subprocess.run(words, input=listed, text=True, stdout=subprocess.DEVNULL, check=True)
        return time.monotonic() - start


if __name__ == "__main__":
    sys.exit(main())
