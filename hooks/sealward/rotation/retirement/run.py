"""The old values that a run looks after: found, held against what is deployed, revoked where it is time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward import shell
from sealward.errors import SealwardError
from sealward.rotation.retirement import branches, notes, registry
from sealward.rotation.retirement.holdings import Holdings
from sealward.rotation.retirement.revoking import Retired, Secret, Users, settled
from sealward.vault.parallel import answers
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sealward.git import Repository
    from sealward.rotation.policy.policy import Policies
    from sealward.rotation.retirement.branches import Branches
    from sealward.rotation.retirement.holdings import Holder
    from sealward.rotation.retirement.revoking import How
    from sealward.sealed.files import Sealed
    from sealward.sops.reading.identities import Identities
    from sealward.vault.client import Client, Metadata

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
        self._own = registry.name_of(repository, policies.repository)

    def settle(
        self, only: tuple[str, str] | None, how: How, *, rotated: Iterable[tuple[str, str]] = ()
    ) -> Retired:
        """Revoke what is due (of one secret, or of all), or just say what is; and note what the deployed
        branches pin of these secrets and of those that were ``rotated``. Raises SealwardError where git or
        the server fails."""
        known = branches.deployed(self._repository, self._policies.deployed)
        waiting = list(self._waiting([only] if only else self._candidates(known)))
        moved = list(dict.fromkeys(rotated))
        changed = [one for one in moved if one not in waiting]
        if not waiting and not changed:
            return Retired()
        self._holdings.look(known.refs, [*waiting, *changed])
        result = settled(
            Secret(
                self._client,
                secret,
                self._policies.for_secret(*secret),
                self._users(secret, known, just_now=secret in moved),
                self._repository.top,
                how,
            ).settle()
            for secret in waiting
        )
        if not how.act or known.problem:
            return result
        warnings = self._register([*waiting, *changed], known, how.now)
        return result._replace(warnings=(*result.warnings, *warnings))

    def users_of(self, secret: tuple[str, str]) -> list[str]:
        """Who pins which version of a secret, for people: files of deployed branches, other repositories."""
        known = branches.deployed(self._repository, self._policies.deployed)
        self._holdings.look(known.refs, [secret])
        metadata = self._client.metadata(*secret)
        held = sorted(self._holdings.held.get("/".join(secret), {}).items())
        found = [
            f"{one.path}{f' of {one.branch}' if one.branch else ''} (version {version})"
            for version, one in held
        ]
        others = (one for one in registry.registered(metadata) if one.repository != self._own)
        return found + [f"repository {one.repository} (version {one.text})" for one in others]

    def wanted(self, secret: tuple[str, str], version: int, *, act: bool = True) -> None:
        """Note a version that is to be retired, where nobody has. Raises SealwardError for one that Vault
        does not have, that is the newest, or that was revoked."""
        metadata = self._client.metadata_now(*secret)
        name = "/".join(secret)
        self._check_old(metadata, version, name)
        if version in notes.retired(metadata):
            raise SealwardError(f"version {version} of {name} was revoked already", "`--list` shows when")
        if any(one.version == version for one in notes.pending(*secret, metadata)):
            return
        policy = self._policies.for_secret(*secret)
        keys = policy.keys if policy is not None else ()
        keys = keys or tuple(self._client.read(*secret, version).values)
        if act:
            grace = policy.grace if policy is not None else 0
            self._client.annotate(*secret, notes.note(version, keys, grace))

    def by_hand(self, secret: tuple[str, str], version: int, *, now: float, act: bool = True) -> None:
        """Note that a person revoked a version. Raises SealwardError as ``wanted`` does."""
        metadata = self._client.metadata_now(*secret)
        self._check_old(metadata, version, "/".join(secret))
        forgotten = [one.forgotten() for one in notes.pending(*secret, metadata) if one.version == version]
        if act:
            changes = {name: text for one in forgotten for name, text in one.items()}
            self._client.annotate(*secret, {**changes, **notes.marked([version], metadata, now)})

    def _check_old(self, metadata: Metadata, version: int, name: str) -> None:
        if version == metadata.current:
            hint = f"rotate it first: `sealward rotate {shell.path(name)} KEY`"
            raise SealwardError(f"version {version} of {name} is the newest one", hint)
        if version not in metadata.versions:
            there = ", ".join(map(str, sorted(metadata.versions)))
            raise SealwardError(f"Vault has no version {version} of {name}", f"it has: {there}")

    def register(self, now: float) -> tuple[int, list[str]]:
        """Note on the server what the deployed branches pin of every secret; returns of how many, and lines
        about those of which it could not be noted. Raises SealwardError where these branches are not
        known."""
        known = branches.deployed(self._repository, self._policies.deployed)
        if known.problem:
            raise SealwardError("the pins can be registered only " + known.problem, "fetch what is missing")
        secrets = list(dict.fromkeys(self._candidates(known, everything=True)))
        self._holdings.look(known.refs, secrets)
        warnings = self._register(secrets, known, now)
        return len(secrets) - len(warnings), warnings

    def _register(self, secrets: Sequence[tuple[str, str]], known: Branches, now: float) -> list[str]:
        """What could not be noted of these secrets, as lines for people."""
        lines = []
        found = answers(lambda one: self._client.metadata(*one), secrets)
        for (mount, path), metadata in found.items():
            reason = self._noted((mount, path), metadata, known, now)
            lines += [f"the pins of {mount}/{path} are not registered: {reason}"] if reason else []
        return lines

    def _noted(
        self, secret: tuple[str, str], metadata: Metadata | VaultError, known: Branches, now: float
    ) -> str:
        """Why the pins of a secret could not be noted; empty where they are. A file that cannot be opened may
        pin what was noted before."""
        if isinstance(metadata, VaultError):
            return "" if metadata.status == 404 else metadata.message
        versions, commit = self._pins(secret, known)
        if self._closed(secret):
            before = [one for one in registry.registered(metadata) if one.repository == self._own]
            versions |= {one for one in metadata.versions if any(old.pins(one) for old in before)}
        changes = registry.noted(self._own, versions, commit, metadata, now)
        if changes and not registry.has_room(self._own, metadata, now):
            return "its custom_metadata is full"
        try:
            if changes:
                self._client.annotate(*secret, changes)
        except VaultError as error:
            if error.ends_the_run:
                raise
            return error.message
        return ""

    def _pins(self, secret: tuple[str, str], known: Branches) -> tuple[set[int], str]:
        """The versions that the deployed branches pin of a secret, and a commit that does."""
        found: set[int] = set()
        commit = ""
        for ref in known.refs:
            pinned = self._holdings.pinned.get((ref.commit, "/".join(secret)), set())
            commit = commit or (ref.commit if pinned else "")
            found |= pinned
        return found, commit

    def _closed(self, secret: tuple[str, str]) -> list[Holder]:
        policy = self._policies.for_secret(*secret)
        files = policy.files if policy is not None else ()
        return [holder for holder, one in self._holdings.closed if one.may_refer(*secret, files)]

    def _users(self, secret: tuple[str, str], known: Branches, *, just_now: bool) -> Users:
        """Who uses a secret. Where this very run moved its pins (``just_now``), no log of a branch says since
        when it is as it is."""
        moved = [self._repository.moved(ref.full) for ref in known.refs]
        seen = [one for one in moved if one is not None]
        main = self._holdings.pinned.get((known.main.commit, "/".join(secret))) if known.main else None
        return Users(
            held=self._holdings.held.get("/".join(secret), {}),
            closed=self._closed(secret),
            unknown=known.problem,
            own=self._own,
            reached=max(main) if main else None,
            main=known.main.name if known.main else "",
            free_since=max(seen) if seen and len(seen) == len(moved) and not just_now else None,
        )

    def _waiting(self, secrets: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Those that have notes on the server. What this token may not see, or is not there, has none."""
        found = answers(lambda one: self._client.metadata(*one), secrets)
        for (mount, path), metadata in found.items():
            if isinstance(metadata, VaultError):
                continue
            if notes.pending(mount, path, metadata):
                yield mount, path

    def _candidates(self, known: Branches, *, everything: bool = False) -> Iterator[tuple[str, str]]:
        """Every secret that may have notes: what is referred to here, in what is deployed, or was until
        lately; and what policies name without wildcards. Where no policy revokes anything, what is not
        referred to here is left out, but for ``everything``."""
        references = (site.reference for one in self._sealed for site in one.sites)
        yield from ((one.mount, one.path) for one in references if one.is_versioned and not one.is_elsewhere)
        head = self._repository.head()
        refs = [*known.refs, *([head] if head else [])]
        if everything or any(policy.retire for policy in self._policies.policies):
            yield from self._holdings.secrets(refs)
            yield from self._holdings.former(COMMITS, refs, VERSIONS)
        for policy in self._policies.policies:
            for path in policy.paths if policy.every is not None else ():
                mount, slash, rest = path.partition("/")
                if slash and _LITERAL.fullmatch(path):
                    yield mount, rest
