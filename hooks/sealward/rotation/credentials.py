"""Credentials that an engine of the server renews by itself when it is asked: planned, asked for, reported.

Sources: OpenBao's and Vault's database engine; a static role has ``last_vault_rotation``. Of its own login
(``config/NAME``) an engine keeps no time: its age is unknown, and so it is due whenever that is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.rotation.values import engines
from sealward.terminal import unseen
from sealward.times import seconds_of
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.rotation.policy.policy import Policies, Policy
    from sealward.rotation.values.generators import Generator
    from sealward.sealed.files import Sealed
    from sealward.terminal import Progress
    from sealward.vault.client import Client

Secret = tuple[str, str]
_WILD = frozenset("*?")


class Credential(NamedTuple):
    """A credential that its engine renews; nothing is pinned to it. ``policy`` is the name of its policy;
    ``ageless`` says that the server keeps no time of its last renewal."""

    mount: str
    path: str
    generator: Generator
    policy: str
    ageless: bool = False

    @property
    def name(self) -> str:
        """``mount/path``."""
        return f"{self.mount}/{self.path}"


class Credentials(NamedTuple):
    """Those to renew, or that were; and those that cannot be, with the reason. ``is_cut_short`` says that
    the server or the token failed, so that every further request would."""

    done: tuple[Credential, ...] = ()
    failed: tuple[tuple[Credential, SealwardError], ...] = ()
    is_cut_short: bool = False


def choose(
    client: Client, policies: Policies, sealed: Iterable[Sealed], name: str | None, now: float | None
) -> Credentials:
    """Plan: those of one policy, or of all; with ``now`` (seconds since 1970) just what is due. References in
    ``sealed`` name them, and so do the paths of policies. Nothing is changed.

    Raises VaultError where the server or the token as such fails.
    """
    found: dict[str, Credential] = {}
    failed: dict[str, tuple[Credential, SealwardError]] = {}
    for one, error in _named(client, policies, sealed, name):
        key = one.name.replace("/static-roles/", "/static-creds/")
        if key in found or key in failed:
            continue
        try:
            if error is not None:
                raise error
            due = _checked(one, policies, client, now)
        except SealwardError as refused:
            if isinstance(refused, VaultError) and refused.ends_the_run:
                raise
            failed[key] = (one, refused)
        else:
            found |= {key: due} if due else {}
    return Credentials(tuple(found.values()), tuple(failed.values()))


def renew(planned: Credentials, client: Client, progress: Progress = unseen) -> Credentials:
    """Ask the engines, one after the other; one that fails does not end the others, unless it is the server
    or the token that failed."""
    done: list[Credential] = []
    failed = list(planned.failed)
    cut_short = False
    for number, one in enumerate(planned.done):
        progress(number, len(planned.done), f"renewing {one.name}")
        try:
            engines.rotate(one.generator, one.mount, one.path, client)
        except SealwardError as error:
            failed.append((one, error))
            cut_short = isinstance(error, VaultError) and error.ends_the_run
        else:
            done.append(one)
        if cut_short:
            failed += [(left, not_started()) for left in planned.done[number + 1 :]]
            break
    progress(len(planned.done), len(planned.done), "renewed")
    return Credentials(tuple(done), tuple(failed), cut_short)


def untouched(planned: Credentials) -> Credentials:
    """What is reported where the server failed before any engine was asked."""
    return Credentials((), (*planned.failed, *((one, not_started()) for one in planned.done)), True)


def not_started() -> SealwardError:
    """The error for what was left, because the server or the token failed before."""
    return SealwardError("the engine was not asked", "fix what failed before it, and run this again")


def _named(
    client: Client, policies: Policies, sealed: Iterable[Sealed], name: str | None
) -> Iterator[tuple[Credential, SealwardError | None]]:
    """Everything that a policy with an engine's generator names, each with what is wrong with its name."""
    wanted = [one for one in policies.policies if _by_engine(one) and name in (None, one.name)]
    for secret in _referred(sealed):
        policy = policies.for_secret(*secret)
        if policy in wanted:
            yield _credential(secret, policy), None
    for policy in wanted:
        for pattern in policy.paths:
            for secret, error in _spelled(client, policy, pattern):
                if policies.for_secret(*secret) is policy or error:
                    yield _credential(secret, policy), error


def _by_engine(policy: Policy) -> bool:
    return policy.generator is not None and policy.generator.by_engine


def _credential(secret: Secret, policy: Policy) -> Credential:
    assert policy.generator is not None
    return Credential(mount=secret[0], path=secret[1], generator=policy.generator, policy=policy.name)


def _referred(sealed: Iterable[Sealed]) -> list[Secret]:
    sites = (site.reference for one in sealed for site in one.sites)
    return sorted({(one.mount, one.path) for one in sites if not one.is_elsewhere})


def _spelled(client: Client, policy: Policy, pattern: str) -> Iterator[tuple[Secret, SealwardError | None]]:
    """The credentials that a path of a policy names without any reference: itself, or, where its last step
    has a wildcard and none before it, what the server lists there."""
    assert policy.generator is not None
    secret = engines.split(policy.generator, pattern)
    if secret is None:
        return
    mount, path = secret
    kind, _, last = path.partition("/")
    if _WILD.isdisjoint(pattern):
        yield secret, None
    elif _WILD.isdisjoint(f"{mount}/{kind}") and "/" not in last:
        where = f"{mount}/{engines.listed(kind)}"
        try:
            names = client.get(where, list="true").get("keys") or []
        except VaultError as error:
            if error.ends_the_run:
                raise
            if error.status != 404:  # 404: nothing is there
                yield secret, SealwardError(error.message, f"let the token list {where}, or name each path")
            return
        for one in names:
            if isinstance(one, str) and policy.covers(mount, f"{kind}/{one}"):
                yield (mount, f"{kind}/{one}"), None


def _checked(one: Credential, policies: Policies, client: Client, now: float | None) -> Credential | None:
    """The credential, where it is there, may be renewed and is due; None where it is not due. Raises
    SealwardError."""
    endpoint = engines.endpoint(one.generator, one.mount, one.path)
    kind, _, name = one.path.partition("/")
    held = _role(client, f"{one.mount}/{engines.listed(kind)}/{name}")
    policy = policies.named(one.policy)
    rotated = seconds_of(str(held.get("last_vault_rotation")))
    if now is not None and rotated is not None and now - rotated < (policy.every or 0):
        return None
    _check_allowed(client, endpoint)
    return one._replace(ageless=rotated is None)


def _role(client: Client, path: str) -> dict[str, object]:
    """What the server says of the role or connection. Raises VaultError where it is not there."""
    try:
        return client.get(path)
    except VaultError as error:
        if error.status == 404:
            message = f"Vault has nothing at {path}"
            raise VaultError(message, "is the path right, with its mount? (`bao list`)", 404) from None
        if error.status != 403 or error.bad_token:
            raise
        return {}  # not every token may read it that may rotate it


def _check_allowed(client: Client, endpoint: str) -> None:
    try:
        held = client.capabilities([endpoint]).get(endpoint, {"root"})
    except VaultError as error:
        if error.status != 403 or error.bad_token:
            raise
        return  # not every policy allows the question
    if not held & {"root", "update", "sudo"}:
        raise SealwardError(f"the token may not write {endpoint}", 'it needs the capability "update" there')
