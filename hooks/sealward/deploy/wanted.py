"""What a commit wants a cluster to have: Secrets by name, each key a literal or pinned references."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sealward.finding import Place
    from sealward.plaintext import Plaintext
    from sealward.references.syntax import Reference

LARGEST = 1 << 20
"""Bytes that all values of a Secret may have together (``MaxSecretSize``)."""

DOMAIN = "sealward.dev/"
"""How the labels and annotations begin that are ours."""

_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")


class Entry(NamedTuple):
    """One key of a Secret: where it stands, and its value in pieces, literal ones and references; in ``json``
    these stand within texts of a JSON object."""

    place: Place
    pieces: tuple[Plaintext | Reference, ...]
    json: bool = False

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references, in order."""
        from sealward.references.syntax import Reference

        return tuple(one for one in self.pieces if isinstance(one, Reference))


class Wanted(NamedTuple):
    """A Secret as it should be. ``place`` is where it is said."""

    namespace: str
    name: str
    type: str
    place: Place
    entries: Mapping[str, Entry]
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    immutable: bool = False

    @property
    def id(self) -> str:
        """``namespace/name``."""
        return f"{self.namespace}/{self.name}"

    @property
    def pins(self) -> dict[str, str]:
        """For each key with references those, as ``secret/bot/binance#api_key#7``; paths, never values."""
        found = {key: ", ".join(map(pin, entry.references)) for key, entry in self.entries.items()}
        return {key: text for key, text in sorted(found.items()) if text}


def pin(reference: Reference) -> str:
    """``secret/bot/binance#api_key#7``."""
    version = f"#{reference.version}" if reference.version is not None else ""
    return f"{reference.secret}#{reference.key}{version}"


def wrong(place: Place, reason: str, hint: str) -> SealwardError:
    """The error for a place in a file: ``path:line:column: key: reason``."""
    at = f" {place.key_path}:" if place.key_path else ""
    return SealwardError(f"{place.path}:{place.line}:{place.column}:{at} {reason}", hint)


def check_key(key: str, place: Place) -> None:
    """Raises SealwardError for a key that Kubernetes refuses."""
    if not _KEY.fullmatch(key) or key in (".", "..") or key.startswith(".."):
        hint = "letters, digits, `-`, `_` and `.`, at most 253"
        raise wrong(place, f"{key[:80]!r} cannot be a key of a Secret", hint)


def check_name(name: str, place: Place) -> None:
    """Raises SealwardError for a name that Kubernetes refuses."""
    if len(name) > 253 or not _NAME.fullmatch(name):
        hint = "small letters, digits, `-` and `.`, at most 253"
        raise wrong(place, f"{name[:80]!r} cannot be the name of a Secret", hint)


def check_namespace(name: str, place: Place) -> None:
    """Raises SealwardError for a name that no namespace can have."""
    if len(name) > 63 or not _NAMESPACE.fullmatch(name):
        hint = "small letters, digits and `-`, at most 63"
        raise wrong(place, f"{name[:80]!r} cannot be the name of a namespace", hint)


def check_all(found: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """All of a target, by name. Raises SealwardError where one Secret is there twice, or holds nothing."""
    by_name: dict[str, Wanted] = {}
    for one in found:
        before = by_name.get(one.id)
        if before is not None:
            where = f"{before.place.path}:{before.place.line}"
            raise wrong(one.place, f"the Secret {one.id} is there twice (see {where})", "keep one of them")
        if not one.entries:
            raise wrong(one.place, f"the Secret {one.id} has no keys", "give it some, or remove it")
        by_name[one.id] = one
    return tuple(by_name[name] for name in sorted(by_name))


def check_size(one: Wanted, sizes: int) -> None:
    """Raises SealwardError for a Secret that is too large."""
    if sizes > LARGEST:
        hint = f"a Secret holds at most {LARGEST} bytes: split it, or keep files elsewhere"
        raise wrong(one.place, f"the Secret {one.id} would hold {sizes} bytes", hint)
