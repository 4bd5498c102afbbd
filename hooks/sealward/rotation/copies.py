"""Old values that a sealed file holds as such: a rotation renews what is referred to, and these stay.

Whoever pasted the value instead of a reference is cut off when the old one is revoked, and nobody would know
why. Only equality, and long values inside a longer text (a connection string), are looked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.document import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sealward.rotation.history import History
    from sealward.sealed.files import Sealed

_WITHIN = 12
"""Characters from which on a value is looked for inside of others: a shorter one may be there by chance."""
_SHORTEST = 6
"""Characters of a value that is looked for at all."""


class Copy(NamedTuple):
    """A place that holds the old value of a key: the file, the key path, and the key."""

    path: str
    where: str
    key: str


def of_old_values(
    history: History, versions: Iterable[int], keys: Sequence[str], sealed: Sequence[Sealed]
) -> Iterator[Copy]:
    """Each place of the opened files that holds what one of the versions has of one of the keys."""
    old: dict[str, str] = {}
    for version in versions:
        for key in keys:
            value = history.value(key, version)
            if value is not None and len(value.text().strip()) >= _SHORTEST:
                old.setdefault(value.text().strip(), key)
    for one in sealed if old else ():
        for held in one.opened.values:
            text = held.plaintext.text() if held.plaintext is not None else ""
            for secret, key in old.items():
                if text.strip() == secret or (len(secret) >= _WITHIN and secret in text):
                    yield Copy(one.path, dotted(held.leaf.path), key)
