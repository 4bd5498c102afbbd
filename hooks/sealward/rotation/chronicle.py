"""The rotations of the past, from the trailers of commits and from the server's entries, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.rotation import record
from sealward.rotation.committing import changes_in
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.git.history import Message
    from sealward.vault.client import Client


class Event(NamedTuple):
    """One key that was renewed: from a version to another. ``at`` is when, in seconds since 1970; ``by`` the
    server's name of whoever did it, ``committer`` and ``commit`` what git knows; empty where nobody says."""

    secret: str
    key: str
    old: int
    new: int
    at: float
    by: str = ""
    why: str = ""
    commit: str = ""
    committer: str = ""


def from_commits(messages: Iterable[Message], secret: str = "") -> Iterator[Event]:
    """The events that trailers of commits say, of one secret or of all."""
    for one in messages:
        for change in changes_in(one.text):
            if secret in ("", change.secret):
                yield Event(
                    secret=change.secret,
                    key=change.key,
                    old=change.old,
                    new=change.new,
                    at=one.at,
                    commit=one.commit,
                    committer=one.committer,
                )


def from_server(client: Client, secrets: Iterable[str]) -> tuple[list[Event], list[SealwardError]]:
    """What the server remembers of secrets (``mount/path``), and of which it would not say anything. Raises
    VaultError where the server or the token as such fails."""
    found: list[Event] = []
    problems: list[SealwardError] = []
    for secret in secrets:
        try:
            mount = client.mounts.of(secret) or secret.partition("/")[0]
            path = secret[len(mount) + 1 :]
            metadata = client.metadata(mount, path)
        except VaultError as error:
            if error.ends_the_run:
                raise
            problems.append(SealwardError(f"{secret}: {error.message}", error.hint))
            continue
        for one in record.entries(metadata):
            keys = (*one.keys, *(["…"] if one.more else []))
            found += [
                Event(
                    secret=secret, key=key, old=one.good, new=one.version, at=one.at, by=one.by, why=one.why
                )
                for key in keys
            ]
    return found, problems


def joined(said: Iterable[Event], kept: Iterable[Event]) -> list[Event]:
    """One event for each key and version, with what both sides say of it; oldest first. When it happened is
    what the server says, where it does: a commit may be later."""
    found: dict[tuple[str, str, int], Event] = {}
    for one in kept:
        found[one.secret, one.key, one.new] = one
    for one in said:
        name = (one.secret, one.key, one.new)
        known = found.get(name)
        if known is None:
            found[name] = one
        elif not known.commit:
            found[name] = known._replace(commit=one.commit, committer=one.committer)
    return sorted(found.values(), key=lambda one: (one.at, one.secret, one.new, one.key))
