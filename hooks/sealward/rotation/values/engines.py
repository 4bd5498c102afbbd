"""Secrets engines that rotate by themselves: Sealward only asks them to.

Source: OpenBao's and Vault's database engine, ``POST MOUNT/rotate-role/NAME`` for a static role and
``POST MOUNT/rotate-root/NAME`` for the login by which the engine itself connects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from sealward.rotation.values.generators import Generator
    from sealward.vault.client import Client

_KINDS = {"rotate-role": ("static-creds", "static-roles"), "rotate-root": ("config",)}
"""Generator → the second path segments that it is for."""


def endpoint(generator: Generator, mount: str, path: str) -> str:
    """The API path that rotates a credential: ``database/static-creds/bot`` → ``database/rotate-role/bot``.

    Raises SealwardError where the generator is not for this kind of path.
    """
    kind, _, name = path.partition("/")
    if kind not in _KINDS[generator.kind] or not name:
        wanted = f"{mount}/{_KINDS[generator.kind][0]}/NAME"
        raise SealwardError(f"{generator.kind} is not for {mount}/{path}", f"it rotates {wanted}")
    return f"{mount}/{generator.kind}/{name}"


def rotate(generator: Generator, mount: str, path: str, client: Client) -> None:
    """Let the engine make a new credential. Raises SealwardError; what the engine had is then still valid."""
    client.post(endpoint(generator, mount, path))


def split(generator: Generator, text: str) -> tuple[str, str] | None:
    """``database/config/db`` → (``database``, ``config/db``), wherever the mount ends; None where the text
    names nothing that the generator is for."""
    steps = text.split("/")
    for number in range(1, len(steps) - 1):
        if steps[number] in _KINDS[generator.kind]:
            return "/".join(steps[:number]), "/".join(steps[number:])
    return None


def listed(kind: str) -> str:
    """Where the server lists, and describes, what a kind of path is for."""
    return "static-roles" if kind == "static-creds" else kind
