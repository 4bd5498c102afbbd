"""Every key kind that can be made offline: age, SSH through age, PGP where gpg is at hand; key groups."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pyrage import x25519

if TYPE_CHECKING:
    from types import TracebackType

_PARAMETERS = """\
%no-protection
Key-Type: RSA
Key-Length: 2048
Subkey-Type: RSA
Subkey-Length: 2048
Name-Real: corpus
Expire-Date: 0
%commit
"""


class Keys:
    """``groups`` are the key groups of a creation rule by name; ``environment`` is what sops runs in."""

    def __init__(self, folder: Path) -> None:
        self.identities = [x25519.Identity.generate() for _ in range(3)]
        # gpg's agent listens on a socket whose path must be short.
        self._gnupg = Path(tempfile.mkdtemp(prefix="gpg"))
        (folder / "keys.txt").write_text("".join(f"{identity}\n" for identity in self.identities))
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GNUPGHOME": str(self._gnupg),
            "SOPS_AGE_KEY_FILE": str(folder / "keys.txt"),
            "SOPS_AGE_SSH_PRIVATE_KEY_FILE": str(folder / "id_ed25519"),
        }
        one, two, three = self.recipients = [str(identity.to_public()) for identity in self.identities]
        ed25519, rsa = self._ssh(folder, "ed25519"), self._ssh(folder, "rsa", "-b", "2048")
        self.groups: dict[str, list[dict[str, list[str]]]] = {
            "age": [{"age": [one]}],
            "two-age": [{"age": [one, two]}],
            "ssh-ed25519": [{"age": [ed25519]}],
            "ssh-both": [{"age": [rsa, one, ed25519]}],
            "two-groups": [{"age": [one]}, {"age": [two, ed25519]}],
            "three-groups": [{"age": [one]}, {"age": [two]}, {"age": [three]}],
        }
        fingerprint = self._pgp()
        if fingerprint:
            self.groups["pgp"] = [{"pgp": [fingerprint]}]
            self.groups["pgp-group"] = [{"pgp": [fingerprint], "age": [two]}, {"age": [one]}]

    def __enter__(self) -> Keys:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if shutil.which("gpgconf"):
            subprocess.run(["gpgconf", "--kill", "all"], env=self.environment, check=False)
        shutil.rmtree(self._gnupg, ignore_errors=True)

    def _ssh(self, folder: Path, kind: str, *options: str) -> str:
        path = folder / f"id_{kind}"
        subprocess.run(["ssh-keygen", "-q", "-t", kind, *options, "-N", "", "-C", "", "-f", path], check=True)
        return " ".join(path.with_suffix(".pub").read_text().split()[:2])

    def _pgp(self) -> str:
        """The fingerprint of a fresh key; empty without gpg."""
        if shutil.which("gpg") is None:
            return ""
        self._gpg("--generate-key", given=_PARAMETERS)
        listed = self._gpg("--list-keys", "--with-colons").splitlines()
        return next(line.split(":")[9] for line in listed if line.startswith("fpr:"))

    def _gpg(self, *arguments: str, given: str = "") -> str:
        done = subprocess.run(
            ["gpg", "--batch", "--quiet", *arguments],
            input=given, env=self.environment, text=True, capture_output=True, check=True,
        )  # fmt: skip
        return done.stdout
