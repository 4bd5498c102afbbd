"""Which secrets a run rotates: those named, those of a policy, what is due, what was left unfinished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.rotation import journal, unfinished
from sealward.rotation.history import History
from sealward.rotation.plan import Target
from sealward.rotation.programs import of_rotation
from sealward.rotation.retirement import notes
from sealward.rotation.values import generators, protocol
from sealward.rotation.values.new_values import new_values
from sealward.rotation.values.protocol import Request
from sealward.vault.parallel import answers
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sealward.plaintext import Plaintext
    from sealward.references.syntax import Reference
    from sealward.rotation.plan import Revoke, Source
    from sealward.rotation.policy.policy import Policies, Policy
    from sealward.rotation.unfinished import Left
    from sealward.sealed.files import Sealed
    from sealward.vault.client import Client, Metadata

Secret = tuple[str, str]
"""A mount and a path."""


class Chooser:
    """Makes targets of secrets; ``top`` is the repository's, where the policies' commands run."""

    def __init__(self, client: Client, policies: Policies, top: str) -> None:
        self.client = client
        self.policies = policies
        self.top = top
        self.failed: dict[Secret, tuple[Target, SealwardError]] = {}
        """What the server would not say anything of, with the reason: it is missing, or forbidden."""

    def asked_about(self, sealed: Iterable[Sealed], *, everything: bool) -> list[Secret]:
        """The secrets whose metadata a run over all files wants: those that policies name, or all that files
        refer to."""
        secrets = (secret for secret, _, _ in _referenced(sealed))
        return [one for one in secrets if everything or self.policies.for_secret(*one)]

    def named(self, secret: Secret, keys: tuple[str, ...], generator: str | None) -> Target:
        """The keys that the user names, by the given generator, the policy's, or the default."""
        policy = self.policies.for_secret(*secret)
        chosen = generators.parse(generator) if generator else policy.generator if policy else None
        return self._target(secret, keys, chosen or generators.parse(generators.DEFAULT), policy, "by hand")

    def of_policy(self, name: str, sealed: Iterable[Sealed]) -> list[Target]:
        """Every referenced secret of one policy. Raises SealwardError where there is no such policy."""
        policy = self.policies.named(name)
        return [
            self._by_policy(secret, keys, policy, f"policy {name}")
            for secret, keys, _ in _referenced(sealed)
            if self.policies.for_secret(*secret) is policy
        ]

    def all(self, sealed: Iterable[Sealed]) -> list[Target]:
        """Every referenced secret that a policy with an interval names."""
        return [
            self._by_policy(secret, keys, policy, f"policy {policy.name}")
            for secret, keys, _ in _referenced(sealed)
            if (policy := self._managed(secret))
        ]

    def due(self, sealed: Iterable[Sealed], now: float) -> list[Target]:
        """Every referenced secret with a key whose pinned value is older than its policy allows, and what an
        earlier run left unfinished. ``now`` is in seconds since 1970.

        Keys that a policy names are renewed together, others each when it is due. Where Vault has a newer
        value that is young enough, that is to be pinned: an earlier run made it, and its pins still wait in a
        pull request, or a person did. So it is at once where a pinned version has been revoked.
        """
        files = list(sealed)
        pins = _pins(files)
        asked = [
            (secret, keys, policy, metadata)
            for secret, keys, _ in _referenced(files)
            if (policy := self._managed(secret)) and (metadata := self._metadata(secret, keys))
        ]

        def ask(number: int) -> list[Target] | VaultError:
            secret, keys, policy, metadata = asked[number]
            history = History(self.client, *secret, metadata)
            try:
                return self._due(history, policy.keys or keys, policy, pins["/".join(secret)], now)
            except VaultError as error:
                if error.ends_the_run:
                    raise
                return error

        found: list[Target] = []
        for number, answer in answers(ask, range(len(asked))).items():
            if isinstance(answer, VaultError):
                secret, keys, *_ = asked[number]
                self.failed.setdefault(secret, (self.named(secret, keys, None), answer))
            else:
                found += answer
        return found

    def _due(
        self, history: History, keys: tuple[str, ...], policy: Policy, pins: dict[str, int | None], now: float
    ) -> list[Target]:
        current, every = history.metadata.current, policy.every or 0
        revoked = notes.retired(history.metadata)
        oldest = min((pin for pin in pins.values() if pin), default=None)
        pinned = {key: pins.get(key, oldest) or current for key in keys}
        old = tuple(
            key for key in keys if pinned[key] in revoked or history.is_old(key, pinned[key], every, now)
        )
        cut_off = any(pinned[key] in revoked for key in old)
        why = "its version was revoked" if cut_off else f"due by {policy.name}"
        target = self._by_policy((history.mount, history.path), keys, policy, why)
        if not keys and history.is_old("", oldest or current, every, now):
            return [target]  # whose plan says that nothing names its keys
        if not old:
            return [unfinished.finishing(target, one) for one in unfinished.left(history).to_finish]
        still = tuple(
            key for key in old if current in revoked or _is_still_old(history, key, pinned[key], every, now)
        )
        if still and policy.keys:
            return [target]
        if still:
            young = tuple(key for key in old if key not in still)
            return [target.with_keys(still)._replace(adopting=young)]
        return [target.with_keys(old)._replace(adopts=current)]

    def unfinished(self, sealed: Iterable[Sealed]) -> list[Target]:
        """Every referenced secret with a rotation that was started and not ended; one for each."""
        return [
            unfinished.finishing(self.named(secret, keys, None), one)._replace(why="unfinished")
            for secret, keys, left in self._left(sealed)
            for one in left.to_finish
        ]

    def abandoned(self, sealed: Iterable[Sealed]) -> list[tuple[Secret, str, str]]:
        """Every rotation of a referenced secret that was started, and of which nothing is left to finish: the
        secret, the rotation's id, and why, as a clause."""
        return [
            (secret, one.identity, reason)
            for secret, _, left in self._left(sealed)
            for one, reason in left.void
        ]

    def _left(self, sealed: Iterable[Sealed]) -> Iterator[tuple[Secret, tuple[str, ...], Left]]:
        for secret, keys, _ in _referenced(sealed):
            metadata = self._metadata(secret, keys)
            if metadata is not None and journal.noted(metadata):
                yield secret, keys, unfinished.left(History(self.client, *secret, metadata))

    def by_policy(self, secret: Secret, keys: tuple[str, ...], why: str) -> Target | None:
        """The keys, made as the secret's policy says; None where no policy with an interval names it."""
        policy = self._managed(secret)
        return self._by_policy(secret, keys, policy, why) if policy else None

    def _metadata(self, secret: Secret, keys: tuple[str, ...]) -> Metadata | None:
        """What the server says of a secret; None, and noted as failed, where it says nothing of this one.
        Raises VaultError where the server or the token as such fails."""
        try:
            return self.client.metadata(*secret)
        except VaultError as error:
            if error.ends_the_run:
                raise
            self.failed.setdefault(secret, (self.named(secret, keys, None), error))
            return None

    def _managed(self, secret: Secret) -> Policy | None:
        policy = self.policies.for_secret(*secret)
        by_engine = policy is not None and policy.generator is not None and policy.generator.by_engine
        return policy if policy is not None and policy.every is not None and not by_engine else None

    def _by_policy(self, secret: Secret, keys: tuple[str, ...], policy: Policy, why: str) -> Target:
        generator = policy.generator or generators.parse(generators.DEFAULT)
        return self._target(secret, policy.keys or keys, generator, policy, why)

    def _target(
        self, secret: Secret, keys: tuple[str, ...], generator: generators.Generator,
        policy: Policy | None, why: str,
    ) -> Target:  # fmt: skip
        def maker(wanted: tuple[str, ...]) -> Source:
            def make(current: int) -> dict[str, Plaintext]:
                mount, path = secret
                request = Request(mount=mount, path=path, keys=wanted, version=current, folder=self.top)
                return new_values(generator, request, self.client)

            return make

        verify = self._verifier(policy) if policy is not None and policy.verify else None
        pins = policy is not None and policy.pins
        grace = policy.grace if policy is not None and policy.retire else None
        return Target(
            mount=secret[0],
            path=secret[1],
            keys=keys,
            how=f"made by {generator}",
            make=maker(keys),
            maker=maker,
            why=why,
            verify=verify,
            pins=pins,
            grace=grace,
            programs=of_rotation(generator, policy),
            files=policy.files if policy is not None else (),
            managed=policy.keys if policy is not None else (),
            revoke=self._revoker(policy, secret) if policy is not None and policy.retire else None,
        )

    def _verifier(self, policy: Policy) -> Callable[[Target, int], None]:
        """Tries new values with the policy's command: those at hand, or a version's."""

        def verify(target: Target, version: int) -> None:
            held = target.tried or self.client.read(target.mount, target.path, version).values
            request = Request(
                mount=target.mount, path=target.path, keys=target.keys, version=version, folder=self.top
            )
            new = {key: held[key] for key in target.keys}
            protocol.verify(policy.verify, policy.seconds, request, new, policy.environment)

        return verify

    def _revoker(self, policy: Policy, secret: Secret) -> Revoke:
        """Revokes values that were rejected with the policy's command."""

        def revoke(version: int, values: Mapping[str, Plaintext]) -> None:
            mount, path = secret
            request = Request(mount=mount, path=path, keys=tuple(values), version=version, folder=self.top)
            protocol.retire(policy.retire, policy.seconds, request, values, policy.environment)

        return revoke


def _is_still_old(history: History, key: str, pinned: int, every: int, now: float) -> bool:
    """Whether the newest version does not hold a value of a key that is young enough to be pinned."""
    current = history.metadata.current
    if pinned >= current or history.is_old(key, current, every, now):
        return True
    return history.value(key, current) is None or history.rejected(key, current)


def _pins(sealed: Iterable[Sealed]) -> dict[str, dict[str, int | None]]:
    """By ``mount/path`` and key: the oldest version that is pinned; None where no reference has a pin."""
    found: dict[str, dict[str, int | None]] = {}
    for reference in (site.reference for one in sealed for site in one.sites):
        if reference.is_versioned and not reference.is_elsewhere:
            of_keys = found.setdefault(reference.secret, {})
            known = of_keys.get(reference.key)
            pins = [pin for pin in (known, reference.version) if pin]
            of_keys[reference.key] = min(pins, default=None)
    return found


def _referenced(sealed: Iterable[Sealed]) -> Iterator[tuple[Secret, tuple[str, ...], int | None]]:
    """Each KV secret that files refer to, its referenced keys, and the oldest pin (None: no pin).

    Those that name a server or a namespace themselves are left out. Where a text does not say how far the
    mount reaches (``ref+vault://kv/team/bot``), another that does (``vault:kv/team/data/bot``) does.
    """
    found: dict[str, list[Reference]] = {}
    for reference in (site.reference for one in sealed for site in one.sites):
        if reference.is_versioned and not reference.is_elsewhere:
            found.setdefault(reference.secret, []).append(reference)
    for _, same in sorted(found.items()):
        longest = max(same, key=lambda one: len(one.mount))
        keys = tuple(dict.fromkeys(one.key for one in same if one.key))
        pins = [one.version for one in same if one.version]
        yield (longest.mount, longest.path), keys, min(pins, default=None)


def as_referred(secret: Secret, sealed: Iterable[Sealed]) -> Secret:
    """A secret as files refer to it: where people say ``kv/team/bot``, these know where the mount ends."""
    sites = (site.reference for one in sealed for site in one.refers_to(*secret))
    same = [(one.mount, one.path) for one in sites if one.is_versioned]
    return max(same, key=lambda one: len(one[0]), default=secret)


def nothing_due(policies: Policies) -> SealwardError:
    """For ``--due`` and ``--all`` without any policy to go by."""
    return SealwardError(f"{policies.path} names no policy with `every`", "docs/rotation-policy.md shows one")
