"""``sealward check --online``: references point at something that is there, and stays there."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from sealward.finding import Finding, Severity
from sealward.vault.online import Inspector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealward.checks.references import Found
    from sealward.vault.client import Client
    from sealward.vault.online import Known
    from sealward.vault.reference import Reference

_GONE = {
    "absent": "is not in Vault",
    "dropped": "was pushed out by newer ones",
    "deleted": "is deleted",
    "destroyed": "is destroyed",
}


def check(found: Sequence[Found], client: Client) -> Iterator[Finding]:
    """Judge references by what the server says; writes nothing, shows no value.

    Raises VaultError where the server cannot be asked, or does not accept the token.
    """
    inspector = Inspector(client, [one.reference for one in found])
    for one in found:
        yield from _judge(one.place, one.reference, inspector.known(one.reference))


def _judge(place: tuple[str, int, int, str], reference: Reference, known: Known) -> Iterator[Finding]:
    name = reference.secret
    if known.found == "missing":
        message = f"refers to {name}, which is not in Vault"
        yield Finding("missing-secret", *place, message, "is the path right, with its mount? (`bao kv list`)")
    elif known.found == "unreadable":
        message = f"refers to {name}, which this token may not read"
        hint = "add its data/ path to a policy of the token; `bao token capabilities` shows what there is"
        yield Finding("unreadable-secret", *place, message, hint)
    elif known.version != "ok":
        yield Finding("missing-version", *place, *_version(reference, known))
    elif known.keys is not None and reference.key not in known.keys and not _computed(reference.key):
        yield Finding("missing-key", *place, *_key(reference, known.keys))
    elif known.vanishing:
        message = f"pins version {reference.version} of {name}, the oldest of {known.kept} that are kept"
        hint = f"the next write pushes it out: rotate it, or `bao kv metadata put -max-versions=… {name}`"
        yield Finding("vanishing-version", *place, message, hint, Severity.WARNING)


def _version(reference: Reference, known: Known) -> tuple[str, str]:
    version = reference.version or known.current
    message = f"pins version {version} of {reference.secret}, which {_GONE[known.version]}"
    if known.version == "deleted":
        undelete = f"`bao kv undelete -versions={version} {reference.secret}`"
        return message, f"{undelete}, or pin another version" if version else "write it anew"
    newest = f" (the newest is {known.current})" if known.current else ""
    return message, f"pin a version that exists{newest}"


def _key(reference: Reference, keys: frozenset[str]) -> tuple[str, str]:
    close = difflib.get_close_matches(reference.key, keys, 1)
    there = ", ".join(sorted(keys)) or "no key at all"
    hint = f"did you mean {close[0]!r}?" if close else f"it has: {there}"
    return f"refers to the key {reference.key!r} of {reference.secret}, which has none of that name", hint


def _computed(key: str) -> bool:
    """bank-vaults' ``${.a | b64enc}`` in place of a key."""
    return key.startswith("${")
