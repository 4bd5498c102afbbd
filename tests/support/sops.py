"""Files sealed by the real sops program for an identity that the test makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyrage import x25519

from sealward.plaintext import Plaintext
from sealward.sops import program

if TYPE_CHECKING:
    from pathlib import Path


class Sealer:
    """``recipient`` is the public key whose identity the environment of the test names."""

    def __init__(self, recipient: str) -> None:
        self.recipient = recipient

    def rules(self, *others: str, regex: str = r"\.enc\.") -> str:
        """A ``.sops.yaml`` with one rule for this recipient and others."""
        return f"creation_rules:\n  - path_regex: {regex}\n    age: {','.join([self.recipient, *others])}\n"

    def seal(self, path: str, text: str, rules: str | None = None) -> bytes:
        """``text``, sealed as the file ``path``."""
        return program.encrypt(path, Plaintext(text.encode()), (rules or self.rules()).encode())

    def opened(self, path: str, data: bytes, store: str = "yaml") -> str:
        """What ``sops decrypt`` says is inside."""
        return program.decrypt(path, data, store).text()


def new_identity(folder: Path, name: str = "keys.txt") -> tuple[str, Path]:
    """A fresh age identity: its recipient, and the file that holds it."""
    identity = x25519.Identity.generate()
    file = folder / name
    file.write_text(f"{identity}\n")
    return str(identity.to_public()), file


@pytest.fixture
def sealer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sealer:
    """A recipient whose identity sops finds, and no other identity or service of this machine."""
    recipient, file = new_identity(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for name in ("SOPS_AGE_KEY", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(file))
    return Sealer(recipient)
