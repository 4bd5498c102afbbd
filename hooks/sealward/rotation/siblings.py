"""What moves together with the keys that a rotation renews: every other key that a moved reference names.

A KV v2 version belongs to the whole secret, and so does a pin. Whoever wrote the newest version may have
dropped a key (``put`` where ``patch`` was meant), or changed one for later: the pins move there all the same.
So each reference is looked up where it is about to point, and its value compared with what it has been.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward import shell
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sealward.plaintext import Plaintext
    from sealward.references.syntax import Reference
    from sealward.rotation.history import History


class Sibling(NamedTuple):
    """A key that nobody asked to renew, and whose value is another one where its pin moves: the version that
    was pinned, and the one that the new value came with."""

    key: str
    pinned: int
    since: int


def check_present(
    name: str, moving: Iterable[Reference], held: Mapping[str, Plaintext], new: int, source: int
) -> None:
    """Every key that a moved reference names is in what the new version holds. Raises SealwardError.

    ``source`` is the version that its values are from, ``new`` the one that is about to be pinned.
    """
    missing = sorted({one.key for one in moving if one.key and one.key not in held})
    if not missing:
        return
    keys = ", ".join(missing)
    lacks = f"version {source} of {name} has no key {keys}"
    patch = f"`bao kv patch {shell.path(name)} {missing[0]}=…`"
    raise SealwardError(
        f"{lacks}, and a reference to it would move to version {new}" if len(missing) == 1
        else f"{lacks}, and references to these would move to version {new}",
        f"somebody wrote that version without it: give it back, {patch}; no pin was moved",
    )  # fmt: skip


def changed(
    history: History, moving: Iterable[Reference], held: Mapping[str, Plaintext], asked: Iterable[str],
    source: int,
) -> tuple[Sibling, ...]:  # fmt: skip
    """The keys of moved references, but for those ``asked`` for, whose pinned value differs from what the new
    version holds. A reference to the whole secret names all its keys. A pin that cannot be read any more
    has nothing to lose."""
    renewed = set(asked)
    found: dict[str, Sibling] = {}
    for one in moving:
        old = history.values(one.version) if one.version else None
        if old is None or one.version is None:
            continue
        for key in (one.key,) if one.key else tuple(old):
            if key in renewed or key in found or old.get(key) == held.get(key):
                continue
            since = history.change(key, source).version if key in held else source
            found[key] = Sibling(key, one.version, since)
    return tuple(found[key] for key in sorted(found))


def refused(name: str, siblings: Iterable[Sibling], new: int) -> SealwardError:
    """The error for siblings that would change without anybody's yes."""
    said = ", ".join(f"{one.key} (version {one.since})" for one in siblings)
    return SealwardError(
        f"{name}: with the pins that move to version {new} changes a value that was not asked for: {said}",
        "look at it, then --accept-changed-keys pins it; or answer on a terminal",
    )
