"""Defects made from good files: one function a kind; None where a kind makes no sense for the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.corpus import head_defects, metadata_defects, text_defects, value_defects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from tests.corpus.sealed import Sealed


class Kind(NamedTuple):
    """``rules`` are the findings of which one must come; ``against_head``: the good file lies in HEAD."""

    name: str
    make: Callable[[Sealed, Random], str | bytes | None]
    rules: frozenset[str]
    against_head: bool = False


class Defect(NamedTuple):
    """A file that must not be committed, what lies above, below and beside it, and what must be found."""

    kind: str
    store: str
    path: str
    data: bytes
    rules: frozenset[str]
    configuration: bytes
    head: bytes | None = None
    beside: dict[str, bytes] = {}  # noqa: RUF012


def _kinds() -> Iterator[Kind]:
    tables = (value_defects.KINDS, metadata_defects.KINDS, text_defects.KINDS, head_defects.AGAINST_HEAD)
    for table in tables:
        for make, rules in table.items():
            name = make.__name__.replace("_", "-")
            yield Kind(name, make, frozenset(rules.split()), table is head_defects.AGAINST_HEAD)


KINDS = tuple(_kinds())


COPIES = {
    "decrypted-copy": "app/secrets.dec{}",
    "editor-copy": "app/.decrypted~secrets{}",
    "leftover": "app/secrets{}~",
}
"""Names under which plaintext is left beside ``app/secrets.yaml``."""


def defects_of(good: Sealed, random: Random) -> Iterator[Defect]:
    """Every kind of defect that a good file can have, each once."""
    for kind in KINDS:
        made = kind.make(good, random)
        data = made.encode() if isinstance(made, str) else made
        if data is not None and data != good.data:
            head = good.data if kind.against_head else None
            yield Defect(kind.name, good.store, good.path, data, kind.rules, good.rules, head)
    suffix = good.path[good.path.rindex(".") :]
    for name, path in COPIES.items() if good.store != "binary" else ():
        beside = {f"app/secrets{suffix}": good.data}
        rules = frozenset(("decrypted-copy",))
        yield Defect(name, good.store, path.format(suffix), good.plain, rules, good.rules, None, beside)


def inert(sealed: Sealed) -> Defect:
    """What sops wrote, all in clear, for a selector that selects nothing."""
    kind = f"inert-{sealed.name.split('/')[2]}"
    rules = frozenset(("inert-selector",))
    return Defect(kind, sealed.store, sealed.path, sealed.data, rules, sealed.rules)
