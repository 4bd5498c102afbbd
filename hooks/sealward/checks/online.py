"""``sealward check --online``: references point at something that is there, and stays there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward import shell
from sealward.errors import did_you_mean
from sealward.finding import Finding, Place, Severity
from sealward.times import iso
from sealward.vault.inspector import Inspector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sealward.references.syntax import Reference
    from sealward.sealed.contents import Found
    from sealward.vault.client import Client
    from sealward.vault.inspector import Known

_GONE = {
    "absent": "is not in Vault",
    "dropped": "was pushed out by newer ones",
    "deleted": "is deleted",
    "destroyed": "is destroyed",
}


def judge(found: Sequence[Found], client: Client) -> Iterator[Finding]:
    """Judge references by what the server says; writes nothing, shows no value.

    Raises VaultError where the server cannot be asked, or does not accept the token.
    """
    found = [one for one in found if not _is_elsewhere(one, client)]  # this server cannot know of those
    inspector = Inspector(client, [one.reference for one in found])
    for one in found:
        yield from _judge(one.place, one.reference, inspector.known(one.reference))


def not_asked(found: Iterable[Found], client: Client) -> list[Found]:
    """The references to another server or namespace, which nobody was asked about."""
    return [one for one in found if _is_elsewhere(one, client)]


def _is_elsewhere(one: Found, client: Client) -> bool:
    return one.reference.seen_from(client.mounts.home).is_elsewhere


def _judge(place: Place, reference: Reference, known: Known) -> Iterator[Finding]:
    name = reference.secret
    if known.found == "missing":
        message = f"refers to {name}, which is not in Vault"
        yield Finding(
            rule="missing-secret",
            place=place,
            message=message,
            hint="is the path right, with its mount? (`bao kv list`)",
        )
    elif known.found == "unreadable":
        message = f"refers to {name}, which this token may not read"
        hint = "add its data/ path to a policy of the token; `bao token capabilities` shows what there is"
        yield Finding(rule="unreadable-secret", place=place, message=message, hint=hint)
    elif known.version != "ok":
        message, hint = _version(reference, known)
        yield Finding(rule="missing-version", place=place, message=message, hint=hint)
    elif known.keys is not None and reference.key and reference.key not in known.keys:
        message, hint = _key(reference, known.keys)
        yield Finding(rule="missing-key", place=place, message=message, hint=hint)
    elif known.expires is not None:
        message = f"pins version {reference.version} of {name}, which Vault deletes at {iso(known.expires)}"
        never = f"`bao kv metadata put -delete-version-after=0s {shell.path(name)}`"
        yield Finding(
            rule="vanishing-version",
            place=place,
            message=message,
            hint=f"rotate it before that, or keep versions: {never}",
            severity=Severity.WARNING,
        )
    elif known.vanishing:
        message = f"pins version {reference.version} of {name}, the oldest of {known.kept} that are kept"
        keep = f"`bao kv metadata put -max-versions=… {shell.path(name)}`"
        hint = f"the next write pushes it out: rotate it, or {keep}"
        yield Finding(
            rule="vanishing-version", place=place, message=message, hint=hint, severity=Severity.WARNING
        )


def _version(reference: Reference, known: Known) -> tuple[str, str]:
    version = reference.version or known.current
    message = f"pins version {version} of {reference.secret}, which {_GONE[known.version]}"
    if known.version == "deleted":
        undelete = f"`bao kv undelete -versions={version} {shell.path(reference.secret)}`"
        return message, f"{undelete}, or pin another version" if version else "write it again"
    newest = f" (the newest is {known.current})" if known.current else ""
    return message, f"pin a version that exists{newest}"


def _key(reference: Reference, keys: frozenset[str]) -> tuple[str, str]:
    there = ", ".join(sorted(keys)) or "no key at all"
    hint = did_you_mean(reference.key, keys, f"it has: {there}")
    return f"refers to the key {reference.key!r} of {reference.secret}, which has none of that name", hint
