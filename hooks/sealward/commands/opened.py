"""What the commands about one secret have in common: the repository with its files opened, and the server."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.plaintext import forbid_core_dumps
from sealward.references.syntax import secret_path
from sealward.terminal import progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.git import Repository
    from sealward.rotation.policy.policy import Policies, Policy
    from sealward.sealed.files import Sealed
    from sealward.sealed.unopened import Unopened
    from sealward.sops.reading.identities import Identities
    from sealward.vault.client import Client


class Opened(NamedTuple):
    """A repository, its sealed files (those that could be opened, and those that could not), its policies,
    the server, and the secret that is meant."""

    repository: Repository
    identities: Identities
    client: Client
    policies: Policies
    sealed: list[Sealed]
    unopened: list[Unopened]
    secret: tuple[str, str]

    @property
    def name(self) -> str:
        """``mount/path``."""
        return "/".join(self.secret)

    @property
    def policy(self) -> Policy | None:
        """The secret's policy."""
        return self.policies.for_secret(*self.secret)


@contextmanager
def opened(path: str, *, changes: bool) -> Iterator[Opened]:
    """Everything for one secret; ``changes`` says that files or the server are to be changed: then no other
    run works in this work tree, and key services may be asked. Raises SealwardError."""
    forbid_core_dumps()

    from sealward.git import Repository
    from sealward.lock import alone
    from sealward.rotation.policy.policy import find as find_policies
    from sealward.rotation.targets import as_referred
    from sealward.sealed.unopened import opened as open_all
    from sealward.sops.reading.identities import find
    from sealward.vault.connection import connect

    try:
        secret = secret_path(path)
    except ValueError as error:
        raise SealwardError(str(error), "give MOUNT/PATH, such as secret/bot/binance") from None
    with Repository.around() as repository, alone(repository.private("")) if changes else nullcontext():
        client, identities = connect(), find(services=changes)
        found, unopened = open_all(repository, identities, (), progress())
        sealed = [one.settled(client.mounts.settled, client.mounts.home) for one in found]
        yield Opened(
            repository=repository,
            identities=identities,
            client=client,
            policies=find_policies(repository.top),
            sealed=sealed,
            unopened=unopened,
            secret=as_referred(secret, sealed),
        )
