"""Which paths were ever sealed, and which of their versions stood in clear, under this name or another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.document import parse
from sealward.patterns import late
from sealward.sealed.marks import CIPHERTEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_MARKS = late(r"(?:^|[._-])(?:sops|enc|encrypted|dec|decrypted|sealed|plain|secrets?)(?=[._-]|$)")
_IDENTITY = late(r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}")
_ALIKE = 0.8
"""The share of key paths that a file in clear has in common with a sealed one, if it is its twin."""

Reader = "Callable[[bytes], bytes]"


class Kind(NamedTuple):
    """What an object is: sealed, or in clear; and the private age keys that stand in it (never shown)."""

    sealed: bool
    keys: tuple[str, ...]


class Version(NamedTuple):
    """One version of a path: the commit that brought it, and the object."""

    commit: str
    name: bytes


class Lineage(NamedTuple):
    """A path that is or was sealed: its sealed versions, those in clear, and those in clear under other
    names (by path); each the newest first."""

    path: str
    sealed: tuple[Version, ...]
    clear: tuple[Version, ...]
    twins: tuple[tuple[str, tuple[Version, ...]], ...]


def classify(
    names: Sequence[bytes], read: Callable[[bytes], bytes], seen: Callable[[int, int], None]
) -> dict[bytes, Kind]:
    """What each object is; each is read once. ``seen`` hears how far it has come."""
    found: dict[bytes, Kind] = {}
    for number, name in enumerate(names):
        seen(number, len(names))
        data = read(name)
        keys = tuple(_IDENTITY.findall(data.decode("latin-1"))) if b"AGE-SECRET-KEY-1" in data else ()
        found[name] = Kind(_is_sealed(data), keys)
    return found


def _is_sealed(data: bytes) -> bool:
    """Cheaply, by what sops writes into every file; a page that quotes one has no block of its own."""
    return CIPHERTEXT.encode() in data and b"sops" in data and b"lastmodified" in data and b"mac" in data


def lineages(
    versions: Mapping[str, Sequence[tuple[str, bytes]]],
    kinds: Mapping[bytes, Kind],
    read: Callable[[bytes], bytes],
) -> Iterator[Lineage]:
    """Every path that was sealed in any version, and really was a sealed file in the newest of them."""
    stems: dict[str, list[str]] = {}
    for path in versions:
        stems.setdefault(_stem(path), []).append(path)
    for path, found in sorted(versions.items()):
        all_of_it = [Version(*one) for one in found]
        sealed = tuple(one for one in all_of_it if kinds[one.name].sealed)
        if not sealed or not _has_block(path, read(sealed[0].name)):
            continue
        clear = tuple(one for one in all_of_it if not kinds[one.name].sealed)
        others = (other for other in stems[_stem(path)] if other != path)
        twins = tuple(_twins(path, sealed[-1], others, versions, kinds, read))
        yield Lineage(path, sealed, clear, twins)


def _has_block(path: str, data: bytes) -> bool:
    return parse(path, data).metadata is not None


def _stem(path: str) -> str:
    """A path without the marks that say whether it is sealed, and without its format."""
    folder, _, name = path.rpartition("/")
    base = name.lstrip(".")
    plain = _MARKS.sub("", base.rpartition(".")[0] or base).strip("._-")
    return f"{folder}/{plain}"


def _twins(
    path: str,
    first: Version,
    others: Iterator[str],
    versions: Mapping[str, Sequence[tuple[str, bytes]]],
    kinds: Mapping[bytes, Kind],
    read: Callable[[bytes], bytes],
) -> Iterator[tuple[str, tuple[Version, ...]]]:
    keys = _key_paths(path, read(first.name))
    for other in others:
        clear = tuple(Version(*one) for one in versions[other] if not kinds[one[1]].sealed)
        alike = tuple(one for one in clear if _is_alike(keys, _key_paths(other, read(one.name))))
        if alike:
            yield other, alike


def _key_paths(path: str, data: bytes) -> frozenset[tuple[str, ...]]:
    return frozenset(leaf.keys for leaf in parse(path, data).leaves if leaf.keys)


def _is_alike(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    return bool(one and other) and len(one & other) >= _ALIKE * len(one)
