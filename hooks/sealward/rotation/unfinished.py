"""Rotations that were started and not ended: what is left to finish of them, and what has overtaken them.

An entry of the journal says what a run meant to do. Whether it did shows in the values: the version that it
names holds other values of its keys than the one before. Whoever patches the secret on top makes a newer
version, and leaves the rotation as unfinished as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.rotation import journal
from sealward.rotation.history import History
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sealward.rotation.journal import Rotation
    from sealward.rotation.plan import Target
    from sealward.vault.client import Client


class Left(NamedTuple):
    """The entries of one secret: rotations ``to_finish``, each with the keys that it really changed, and
    those that are ``void``, each with the reason, as a clause."""

    to_finish: tuple[Rotation, ...]
    void: tuple[tuple[Rotation, str], ...]


def left(history: History) -> Left:
    """What the journal says of a secret, held against its versions. Raises VaultError where a version that
    matters cannot be asked about."""
    to_finish: list[Rotation] = []
    void: list[tuple[Rotation, str]] = []
    for noted in journal.noted(history.metadata):
        one = history.named(noted)
        keys = _renewed(history, one)
        if one.version > history.metadata.current:
            void.append((one, "a killed run had not written its new version; nothing is left of it"))
        elif not keys:
            void.append((one, f"version {one.version} is not what a killed run meant to write"))
        elif history.values(one.version) is None:
            void.append((one, f"version {one.version}, which a killed run wrote, cannot be read any more"))
        elif not (still := _still(history, one, keys)):
            newer = history.metadata.current
            void.append((one, f"version {newer} replaced what a killed run wrote as version {one.version}"))
        else:
            to_finish.append(one._replace(keys=still))
    return Left(tuple(to_finish), tuple(void))


def _renewed(history: History, one: Rotation) -> tuple[str, ...]:
    """The keys whose values a rotation changed; where its versions cannot be compared, those of its entry."""
    if one.version > history.metadata.current:
        return one.keys
    if history.values(one.version) is None or history.values(one.good) is None:
        return one.keys
    changed = history.changed(one.good, one.version)
    return tuple(key for key in changed if key in one.keys) if one.keys else changed


def _still(history: History, one: Rotation, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the keys whose values the current version still has as the rotation wrote them."""
    current = history.metadata.current
    return tuple(key for key in keys if not history.differs(key, one.version, current))


def first(targets: Iterable[Target], client: Client) -> list[Target]:
    """The same targets, and before each the unfinished rotations of its secret.

    A key that an unfinished rotation renewed is renewed by finishing it, and not made a second time, unless a
    value for it was given: that is not dropped. What else was asked for comes after. A secret that the server
    will not speak of is left to its plan, which fails for it alone. Raises VaultError where the server or the
    token as such fails.
    """
    found: list[Target] = []
    started: set[tuple[str, str]] = set()
    for target in targets:
        secret = (target.mount, target.path)
        try:
            found += [target] if secret in started or target.finishes else _one(target, client)
        except VaultError as error:
            if error.ends_the_run:
                raise
            found.append(target)
        started.add(secret)
    return found


def _one(target: Target, client: Client) -> list[Target]:
    metadata = client.metadata(target.mount, target.path)
    if not any(one.version <= metadata.current for one in journal.noted(metadata)):
        return [target]
    history = History(client, target.mount, target.path, metadata)
    to_finish = left(history).to_finish
    keys = tuple(key for key in target.keys if not _is_done(target, key, to_finish, history))
    rest = [target.with_keys(keys)] if keys or not target.keys else []
    return [*(finishing(target, one) for one in to_finish), *rest]


def finishing(target: Target, rotation: Rotation) -> Target:
    """A target that ends an unfinished rotation of the same secret."""
    why = target.why if set(rotation.keys) <= set(target.keys) else "unfinished"
    return target._replace(
        keys=rotation.keys, finishes=rotation, adopts=None, adopting=(), given=None, why=why
    )


def _is_done(target: Target, key: str, rotations: Sequence[Rotation], history: History) -> bool:
    """Whether finishing does for a key what was asked."""
    renewed = any(key in one.keys for one in rotations)
    return renewed and (target.given is None or target.given == history.value(key, history.metadata.current))
