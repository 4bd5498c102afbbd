"""Versions with different data keys, or under another selector: merged in memory, and sealed again (R6).

Neither data key is used again: where both sides removed somebody, each key is known to one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document import parse
from sealward.merging.holders import check, check_wrapping
from sealward.merging.layout import body_of, text_of
from sealward.merging.outcome import Merged
from sealward.merging.pieces import NotPlain
from sealward.merging.side import Refused, Side, Tokens, plain
from sealward.merging.splicing import lifted, name_for, plan
from sealward.merging.verification import is_as_planned, planned, unlike
from sealward.plaintext import Plaintext
from sealward.sops import program
from sealward.sops.reading.decryption import decrypt

if TYPE_CHECKING:
    from sealward.document import Document
    from sealward.merging.holders import Holders
    from sealward.merging.layout import Body
    from sealward.merging.outcome import Request
    from sealward.merging.sides import Sides


def resealed(request: Request, sides: Sides, held: Holders) -> Merged:
    """Raises Refused where something is left open: markers would have to hold two data keys."""
    tokens = Tokens()
    texts = (request.base, request.ours, request.theirs)
    found = [
        None if side is None or data is None else _body(request, side, data, tokens)
        for side, data in zip((sides.base, sides.ours, sides.theirs), texts, strict=True)
    ]
    base, ours, theirs = found
    assert ours is not None
    assert theirs is not None
    merged = plan(request, base, ours, theirs)
    for body, metadata, data in (
        (ours, sides.metadata[1], request.ours),
        (theirs, sides.metadata[2], request.theirs),
    ):
        document = sides.ours.document
        if (
            not merged.clashes
            and held.is_of(metadata)
            and text_of(document, merged.roots, body.metadata) == text_of(document, body.roots, body.metadata)
        ):
            return Merged(data=data, notes=merged.notes, settled=merged.settled)
    if merged.clashes:
        return Merged(
            data=request.ours,
            clashes=merged.clashes,
            notes=merged.notes,
            settled=merged.settled,
            resealed=True,
        )
    check_wrapping(request, held)
    text = Plaintext(text_of(sides.ours.document, merged.roots, ours.metadata).encode())
    name = name_for(sides.ours.document.store)
    data = program.encrypt(name, text, held.rules(), layout=request.ours, alone=request.alone)
    document = parse(request.path, data)
    inside = decrypt(document, request.identities)
    chosen = not held.selects_as(sides.metadata[1])  # by the rule of HEAD, or by a person
    if not inside.accepted or not is_as_planned(planned(merged.roots), inside.values, values_only=chosen):
        raise unlike(request.path)
    check(request.path, document, held)
    return lifted(
        request, sides, Merged(data=data, notes=merged.notes, settled=merged.settled, resealed=True)
    )


def _body(request: Request, side: Side, data: bytes, tokens: Tokens) -> Body:
    """A version in clear, in pieces, each value as it is sealed. Raises Refused where its text cannot
    say that."""
    document = side.document
    if side.metadata is None:
        return _pieces(request, plain(side.name, document, tokens))
    assert side.opened is not None
    text = program.decrypt(name_for(document.store), data, document.store, alone=request.alone).reveal()
    clear = _typed(parse(name_for(document.store), text, document.store), side)
    values = [value for value in side.opened.values if value.kind != "comment"]
    made = plain(side.name, clear, tokens, [value.encrypted for value in values])
    assert made.opened is not None
    got = [(one.leaf.keys, one.kind, one.plaintext) for one in made.opened.values]
    if got != [(one.leaf.keys, one.kind, one.plaintext) for one in values]:
        raise Refused(
            f"{request.path}: sops does not write the version of {side.name} in clear as it was sealed",
            "merge it by hand, with `sops edit`",
        )
    return _pieces(request, made)


def _typed(document: Document, side: Side) -> Document:
    """The plaintext with whole floats written as floats: sops decrypts ``1.0`` to ``1``, which is an
    integer."""
    if document.store != "yaml" or side.opened is None:
        return document
    values = [value for value in side.opened.values if value.kind != "comment"]
    lines = document.text.split("\n")
    for leaf, value in zip(document.leaves, values, strict=False):
        if value.kind == "float" and leaf.kind == "int":
            line = lines[leaf.line - 1]
            end = leaf.column - 1 + len(leaf.text)
            lines[leaf.line - 1] = f"{line[:end]}.0{line[end:]}"
    return parse(document.path, "\n".join(lines).encode(), "yaml")


def _pieces(request: Request, side: Side) -> Body:
    try:
        return body_of(side)
    except NotPlain:
        reason = f"the plaintext of the version of {side.name} is not laid out as sops lays out files"
        raise Refused(f"{request.path}: {reason}", "merge it by hand, with `sops edit`") from None
