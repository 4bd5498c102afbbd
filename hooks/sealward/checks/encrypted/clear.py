"""What a sealed file's selector leaves in clear: anybody reads it, so it is judged without a key.

The values themselves, the mapping keys (which sops never encrypts), and the fields of Kubernetes Secrets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.checks import literal
from sealward.checks.context import metadata_of
from sealward.checks.encrypted.values import may_be_clear
from sealward.document import dotted
from sealward.document.model import Mapping, Sequence
from sealward.finding import Finding, Place
from sealward.sealed.contents import place_of
from sealward.sops.format.ciphertext import looks_encrypted
from sealward.sops.format.selection import cover_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.checks.context import Context
    from sealward.document import Document, Leaf
    from sealward.document.model import Node, Path
    from sealward.sops.format.selection import Cover

_FIELDS = ("data", "stringData")
_SHORTEST = 16
"""No key of a mapping that is shorter can be a token."""


def findings(document: Document, context: Context) -> Iterator[Finding]:
    """Yield a finding for each secret that stands in clear; ``plaintext-value`` says what is covered."""
    cover = cover_of(document, metadata_of(document))
    reported: set[Place] = set()
    for leaf in document.leaves:
        if looks_encrypted(leaf.text) or (cover.covers(leaf) and not may_be_clear(leaf)):
            continue
        for finding in literal.in_clear(document, context.settings, leaf):
            reported.add(finding.place)
            yield finding
    yield from _keys(document)
    yield from _fields(document, context, cover, reported)


def _keys(document: Document) -> Iterator[Finding]:
    for part in document.parts:
        waiting: list[tuple[Path, Node | None]] = [((), part.root)]
        while waiting:
            path, node = waiting.pop()
            if isinstance(node, Sequence):
                waiting += [((*path, number), item) for number, item in enumerate(node.items)]
            for entry in node.entries if isinstance(node, Mapping) else ():
                key = entry.key.text
                if path or key != "sops":
                    waiting.append(((*path, key), entry.value))
                kind = literal.in_clear_text(key, (), "key") if len(key) >= _SHORTEST else None
                if kind:
                    place = Place(
                        document.path, entry.key.line, entry.key.column, dotted((*path, "********"))
                    )
                    message = f"is a key that holds {kind}; sops encrypts values, and keys stay in clear"
                    hint = "rotate it, and give the key a name"
                    yield Finding(rule="literal-secret", place=place, message=message, hint=hint)


def _fields(document: Document, context: Context, cover: Cover, reported: set[Place]) -> Iterator[Finding]:
    """A field of a Kubernetes Secret that the selector leaves out whole, though it means the other one."""
    if not any(leaf.path[-1:] == ("kind",) and leaf.text == "Secret" for leaf in document.leaves):
        return
    from sealward.claims import kubernetes

    known: set[tuple[int, tuple[str | int, ...]]] = set()
    for leaf in kubernetes.literals(document):
        at = next(number for number, step in enumerate(leaf.path) if step in _FIELDS)
        field = (leaf.part, leaf.path[: at + 1])
        place = place_of(document, leaf)
        if looks_encrypted(leaf.text) or field in known or context.settings.may_be_literal(place.key_path):
            continue
        if _is_left_out(cover, leaf, at) and not any(_is_in(document, field, one) for one in reported):
            known.add(field)
            name = leaf.path[at]
            yield Finding(
                rule="literal-secret",
                place=place,
                message=f"stands in clear for everybody: the selector leaves `{name}` of a Secret out",
                hint="name both fields (`encrypted_regex: ^(data|stringData)$`), seal again, and rotate it",
            )


def _is_left_out(cover: Cover, leaf: Leaf, at: int) -> bool:
    """Whether the selector goes by the fields' names, and leaves out this one; not one key of it."""
    if not cover.valid or cover.covers(leaf):
        return False
    this, other = (cover.covers(leaf._replace(path=(name,), comments=())) for name in _both(leaf.path[at]))
    return not this and (cover.selector.selects_clear or other)


def _both(name: str | int) -> tuple[str, str]:
    return _FIELDS if name == _FIELDS[0] else (_FIELDS[1], _FIELDS[0])


def _is_in(document: Document, field: tuple[int, tuple[str | int, ...]], place: Place) -> bool:
    part, path = field
    return any(
        leaf.part == part and leaf.path[: len(path)] == path and place_of(document, leaf) == place
        for leaf in document.leaves
    )
