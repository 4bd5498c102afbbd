"""Age identities, found where the sops program finds them: the edge to the user's private keys.

Source: ``loadIdentities`` in sops's ``age/keysource.go``. All sources are read and merged; a bad one
is fatal only if no other works, and one bad line loses the whole of its source.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from sealward import children
from sealward.children import Child

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sealward.sops.services import Holders, Objection, Operator

COMMAND_SECONDS = 60
"""How long a command that prints keys may take (it may ask its user to unlock something)."""

_REACHED_BY = {
    "kms": ("AWS_",),
    "gcp_kms": ("GOOGLE_", "CLOUDSDK_", "GCLOUD_"),
    "azure_kv": ("AZURE_",),
    "hc_vault": ("VAULT_TOKEN", "VAULT_ADDR", "SEALWARD_VAULT_TRANSIT"),
    "hckms": ("HUAWEICLOUD_",),
}
"""Environment variables that say that a key service can be reached; without one it is not even tried,
because its client would look for credentials on the network for seconds."""


class Identities:
    """The private keys at hand.

    ``native`` are pyrage identities (X25519, SSH); ``foreign`` says that there are some which only
    the sops program can use (plugins, post-quantum keys, files and SSH keys behind a passphrase);
    ``services`` are the other key kinds that the program may reach; ``problems`` says, one line
    each, which sources could not be read; ``operator`` whom a stanza may point to, None where nobody is
    asked at all; ``plugins`` are the age plugins that identities name. It never prints a key.
    """

    __slots__ = ("foreign", "native", "operator", "plugins", "problems", "services")

    def __init__(
        self,
        native: list[Any],
        *,
        foreign: bool = False,
        services: frozenset[str] = frozenset(),
        problems: list[str],
        operator: Operator | None = None,
    ) -> None:
        self.operator = operator
        self.plugins: set[str] = set()
        self.native = native
        self.foreign = foreign
        self.services = services
        self.problems = problems

    def __repr__(self) -> str:
        return f"<{len(self.native)} identities withheld>"

    def __bool__(self) -> bool:
        """Whether any private key is at hand (services apart)."""
        return bool(self.native) or self.foreign

    @property
    def alone(self) -> bool:
        """Whether they are all that may be used: no program is started, and nobody asked."""
        return self.operator is None

    def for_program(self, holders: Holders) -> frozenset[str]:
        """The key kinds with which the sops program may open what the native keys did not, given whom a
        file's stanzas name; empty where it is not to be started."""
        if self.operator is None:
            return frozenset()
        kinds = {kind for kind, _ in holders.recipients} - self.operator.objections(holders).keys()
        usable = (kinds & self.services) | ({"age"} if self.foreign and "age" in kinds else set())
        # Shares of several groups may come from both: what opens in this process opens there, too.
        return frozenset(usable | (kinds & {"age"})) if usable else frozenset()

    def objections(self, holders: Holders) -> list[Objection]:
        """Why stanzas are passed over that point to somebody."""
        return [] if self.operator is None else list(self.operator.objections(holders).values())


def find(environment: Mapping[str, str] | None = None, services: bool = True) -> Identities:
    """Read every identity that sops would. ``environment`` is the process's own unless given.

    Without ``services`` nothing is started and nobody asked: no key service, agent or plugin, nor the
    command of ``SOPS_AGE_KEY_CMD``. Never raises: what cannot be read is named in ``problems``.
    """
    environment = os.environ if environment is None else environment
    found = _asking(environment) if services else Identities([], problems=[])
    home = environment.get("HOME") or environment.get("USERPROFILE") or "/nonexistent"
    for name in _ssh_files(environment, home):
        _read_ssh(name, found)
    if environment.get("SOPS_AGE_SSH_PRIVATE_KEY_CMD"):
        found.foreign = True
    for source, text in _texts(environment, home, found):
        _read_lines(source, text, found)
    command = environment.get("SOPS_AGE_KEY_CMD")
    if command and services:
        for source, text in _run(command, environment, found):
            _read_lines(source, text, found)
    found.foreign &= services
    return found


def _asking(environment: Mapping[str, str]) -> Identities:
    """None yet, and whom the environment lets be asked."""
    from sealward.sops.services import Operator

    return Identities([], services=_services(environment), problems=[], operator=Operator.of(environment))


def _services(environment: Mapping[str, str]) -> frozenset[str]:
    from shutil import which

    names = tuple(environment)
    reached = {kind for kind, signs in _REACHED_BY.items() if any(name.startswith(signs) for name in names)}
    gpg = environment.get("SOPS_GPG_EXEC") or "gpg"
    return frozenset(reached | ({"pgp"} if which(gpg, path=environment.get("PATH")) else set()))


def _ssh_files(environment: Mapping[str, str], home: str) -> Iterator[str]:
    if environment.get("SOPS_AGE_SSH_PRIVATE_KEY_FILE"):
        yield environment["SOPS_AGE_SSH_PRIVATE_KEY_FILE"]
    paths = (os.path.join(home, ".ssh", name) for name in ("id_ed25519", "id_rsa"))
    yield from filter(os.path.exists, paths)


def _texts(environment: Mapping[str, str], home: str, found: Identities) -> Iterator[tuple[str, str]]:
    if environment.get("SOPS_AGE_KEY"):
        text = environment["SOPS_AGE_KEY"]
        yield "SOPS_AGE_KEY", text if "#" in text else "\n".join(text.split())
    files = [environment["SOPS_AGE_KEY_FILE"]] if environment.get("SOPS_AGE_KEY_FILE") else []
    default = os.path.join(_config_folder(environment, home), "sops", "age", "keys.txt")
    for path in (*files, *([default] if os.path.exists(default) else [])):
        data = _read(path, found)
        if data is not None:
            yield path, data.decode("utf-8", "replace")


def _config_folder(environment: Mapping[str, str], home: str) -> str:
    """Go's ``os.UserConfigDir``, but for ``XDG_CONFIG_HOME``, which sops honours on macOS, too."""
    if sys.platform == "win32":
        return environment.get("APPDATA") or home
    if environment.get("XDG_CONFIG_HOME"):
        return environment["XDG_CONFIG_HOME"]
    own = ("Library", "Application Support") if sys.platform == "darwin" else (".config",)
    return os.path.join(home, *own)


def _run(command: str, environment: Mapping[str, str], found: Identities) -> Iterator[tuple[str, str]]:
    """Run a command that prints keys, once; the program may run it again for one recipient."""
    import shlex

    found.foreign = True
    made_for_it = children.environment(Child.KEY_COMMAND, source=environment)
    try:
        done = subprocess.run(
            shlex.split(command), env=made_for_it, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=COMMAND_SECONDS, check=True,
        )  # fmt: skip
    except (OSError, ValueError, subprocess.SubprocessError):
        found.problems.append("SOPS_AGE_KEY_CMD: the command failed")
        return
    yield "SOPS_AGE_KEY_CMD", done.stdout.decode("utf-8", "replace")


def _read_lines(source: str, text: str, found: Identities) -> None:
    import pyrage

    if text.startswith(("age-encryption", "-----BEGIN AGE")):
        found.foreign = True
        return
    native: list[Any] = []
    foreign = False
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line or line.startswith("#"):
            continue
        if line.startswith(("AGE-PLUGIN-", "AGE-SECRET-KEY-PQ-")):
            foreign = True
            found.plugins.add(line.removeprefix("AGE-PLUGIN-").rpartition("-1")[0].lower())
            continue
        try:
            native.append(pyrage.x25519.Identity.from_str(line))
        except pyrage.IdentityError:
            found.problems.append(f"{source}: holds a line that is no age identity")
            return
    found.native += native
    found.foreign |= foreign


def _read_ssh(path: str, found: Identities) -> None:
    import pyrage

    data = _read(path, found)
    if data is None:
        return
    try:
        found.native.append(pyrage.ssh.Identity.from_buffer(data))
    except pyrage.IdentityError:
        if b"PRIVATE KEY" in data:
            found.foreign = True
        else:
            found.problems.append(f"{path}: is no SSH private key")


def _read(path: str, found: Identities) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        found.problems.append(f"{path}: {error.strerror}")
        return None
