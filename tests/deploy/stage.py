"""A repository whose sealed manifests refer to Vault, and a namespace to deploy them to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.cli import main

if TYPE_CHECKING:
    import pytest

    from tests.support.kube import Space
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


class Stage:
    """``deploy`` runs the command; ``out`` and ``err`` are what the last run printed."""

    def __init__(
        self, repo: Repo, sealer: Sealer, bao: Bao, space: Space, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.repo, self.sealer, self.bao, self.space = repo, sealer, bao, space
        self._capture = capture
        self.out = self.err = ""
        self.files: dict[str, str | bytes] = {".sops.yaml": self.rules}
        self.settings()

    @property
    def rules(self) -> str:
        return (
            "creation_rules:\n"
            f"  - path_regex: ^k8s/\n    encrypted_regex: ^(data|stringData)$\n    age: {self.sealer.recipient}\n"
            f"  - path_regex: enc\n    age: {self.sealer.recipient}\n"
        )

    def settings(
        self, *lines: str, context: str = "admin", source: str = "manifests: ['k8s/*.enc.yaml']"
    ) -> None:
        """``deploy.yaml`` with one target."""
        text = f"targets:\n  test:\n    cluster: {{context: {context}}}\n    namespace: {self.space.name}\n    {source}\n"
        self.files["deploy.yaml"] = text + "".join(f"    {line}\n" for line in lines)

    def seal(self, path: str, text: str) -> None:
        """A file of the next commit."""
        self.files[path] = self.sealer.seal(path, text, self.rules)

    def secret(self, name: str, more: str = "", **values: str) -> None:
        """A sealed manifest of a Secret; values are text."""
        lines = "".join(f'  {key}: "{value}"\n' for key, value in values.items())
        self.seal(
            f"k8s/{name}.enc.yaml",
            f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\n{more}stringData:\n{lines}",
        )

    def reference(self, path: str, key: str, version: int) -> str:
        """``vault:MOUNT/data/PATH#KEY#VERSION``."""
        return f"vault:{self.bao.mount}/data/{path}#{key}#{version}"

    def commit(self) -> str:
        """Commit the files; those that were there and are no more are removed."""
        tracked = self.repo.git("ls-files", "k8s").split()
        gone = [name for name in tracked if name not in self.files]
        if gone:
            self.repo.git("rm", "--quiet", "--force", *gone)
        return self.repo.commit(self.files)

    def deploy(self, *words: str) -> int:
        """Run ``sealward deploy …``; returns the status."""
        status = main(["deploy", *words])
        self.out, self.err = self._capture.readouterr()
        return status

    def apply(self, *words: str) -> int:
        """``deploy apply --yes``."""
        return self.deploy("apply", "--yes", *words)
