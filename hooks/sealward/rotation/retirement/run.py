"""The old values that a run looks after: found, held against what is deployed, revoked where it is time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.rotation.retirement import branches, notes
from sealward.rotation.retirement.holdings import Holdings
from sealward.rotation.retirement.revoking import Retired, Secret, Users, settled
from sealward.vault.parallel import answers
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sealward.git import Repository
    from sealward.rotation.policy.policy import Policies
    from sealward.rotation.retirement.branches import Branches
    from sealward.sealed.files import Sealed
    from sealward.sops.reading.identities import Identities
    from sealward.vault.client import Client

COMMITS = 200
"""How far back a reference that has gone is looked for."""

VERSIONS = 40
"""How many older versions of sealed files are opened for that."""

_LITERAL = re.compile(r"[^*?]+")


class OldValues:
    """The old values of a repository's secrets; ``sealed`` are the files of its work tree, opened."""

    def __init__(
        self,
        repository: Repository,
        identities: Identities,
        client: Client,
        policies: Policies,
        sealed: Sequence[Sealed],
    ) -> None:
        self._repository = repository
        self._identities = identities
        self._client = client
        self._policies = policies
        self._sealed = sealed
        self._holdings = Holdings(repository, identities, client.mounts, sealed)

    def settle(self, only: tuple[str, str] | None, *, now: float, act: bool = True) -> Retired:
        """Revoke what is due (of one secret, or of all), or just say what is (without ``act``). Raises
        SealwardError where git or the server fails."""
        known = branches.deployed(self._repository, self._policies.deployed)
        waiting = list(self._waiting([only] if only else self._candidates(known)))
        if not waiting:
            return Retired()
        self._holdings.look(known.refs, waiting)
        users = [self._users(secret, known) for secret in waiting]
        return settled(
            Secret(
                self._client,
                secret,
                self._policies.for_secret(*secret),
                using,
                self._repository.top,
                now=now,
                act=act,
            )
            for secret, using in zip(waiting, users, strict=True)
        )

    def _users(self, secret: tuple[str, str], known: Branches) -> Users:
        policy = self._policies.for_secret(*secret)
        moved = [self._repository.moved(ref.full) for ref in known.refs]
        seen = [one for one in moved if one is not None]
        return Users(
            held=self._holdings.held.get("/".join(secret), {}),
            closed=[
                holder
                for holder, one in self._holdings.closed
                if one.may_refer(*secret, policy.files if policy is not None else ())
            ],
            unknown=known.problem,
            reached=self._holdings.newest.get((known.main.commit, "/".join(secret))) if known.main else None,
            main=known.main.name if known.main else "",
            free_since=max(seen) if seen and len(seen) == len(moved) else None,
        )

    def _waiting(self, secrets: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Those that have notes on the server. What this token may not see, or is not there, has none."""
        found = answers(lambda one: self._client.metadata(*one), secrets)
        for (mount, path), metadata in found.items():
            if isinstance(metadata, VaultError):
                continue
            if notes.pending(mount, path, metadata):
                yield mount, path

    def _candidates(self, known: Branches) -> Iterator[tuple[str, str]]:
        """Every secret that may have notes: what is referred to here, in what is deployed, or was until
        lately; and what policies name without wildcards."""
        references = (site.reference for one in self._sealed for site in one.sites)
        yield from ((one.mount, one.path) for one in references if one.is_versioned and not one.is_elsewhere)
        head = self._repository.head()
        refs = [*known.refs, *([head] if head else [])]
        yield from self._holdings.secrets(refs)
        yield from self._holdings.former(COMMITS, refs, VERSIONS)
        for policy in self._policies.policies:
            for path in policy.paths if policy.every is not None else ():
                mount, slash, rest = path.partition("/")
                if slash and _LITERAL.fullmatch(path):
                    yield mount, rest
