"""Files of the binary store hold one text: it is merged line by line, in memory, and sealed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document import parse
from sealward.merging.diff3 import merged as diff3
from sealward.merging.holders import check, check_wrapping
from sealward.merging.outcome import Merged
from sealward.merging.verification import unlike
from sealward.plaintext import Plaintext
from sealward.sops import program
from sealward.sops.reading.decryption import decrypt

if TYPE_CHECKING:
    from sealward.merging.holders import Holders
    from sealward.merging.outcome import Request
    from sealward.merging.side import Side
    from sealward.merging.sides import Sides

NAME = "merged.bin"


def is_binary(side: Side) -> bool:
    """Whether a version holds one text, and not a document with keys."""
    return side.document.store == "binary" and {leaf.path for leaf in side.document.leaves} <= {("data",)}


def merged_text(base: bytes | None, ours: bytes, theirs: bytes) -> bytes | None:
    """Three texts merged; None where both sides changed one place, or where one is not text."""
    if theirs in (ours, base):
        return ours
    if ours == base:
        return theirs
    try:
        sides = {
            name: data.decode().splitlines(keepends=True)
            for name, data in (("ours", ours), ("theirs", theirs))
        }
        old = (base or b"").decode().splitlines(keepends=True)
    except UnicodeDecodeError:
        return None
    order = diff3(old, sides["ours"], sides["theirs"])
    return None if order is None else "".join(sides[side][at] for side, at in order).encode()


def merge_binary(request: Request, sides: Sides, held: Holders) -> Merged | None:
    """Merge a file with one text; None where that is for a person to decide. Raises SealwardError."""
    old, ours, theirs = (
        None if side is None else _text(side) for side in (sides.base, sides.ours, sides.theirs)
    )
    if ours is None or theirs is None:
        return None
    text = merged_text(old, ours, theirs)
    choice = dict(request.choices).get("data") or dict(request.choices).get("*")
    if text is None and choice is not None:
        text = ours if choice == "ours" else theirs
    if text is None:
        return None
    settled = ("data",) if choice is not None else ()
    for now, metadata, data in (
        (ours, sides.metadata[1], request.ours),
        (theirs, sides.metadata[2], request.theirs),
    ):
        if text == now and held.is_of(metadata):
            return Merged(data=data, settled=settled)
    data = _sealed(request, sides, held, Plaintext(text))
    document = parse(request.path, data)
    inside = decrypt(document, request.identities)
    if not inside.accepted or [one.plaintext for one in inside.values] != [Plaintext(text)]:
        raise unlike(request.path)
    check(request.path, document, held)
    return Merged(data=data, resealed=not sides.same, settled=settled)


def _sealed(request: Request, sides: Sides, held: Holders, text: Plaintext) -> bytes:
    if not sides.same:
        check_wrapping(request, held)
        return program.encrypt(NAME, text, held.rules(), layout=request.ours, alone=request.alone)
    data = program.set_value(NAME, request.ours, ["data"], text, alone=request.alone)
    if held.is_of(sides.metadata[1]):
        return data
    check_wrapping(request, held)
    return program.update_keys(NAME, data, held.rules(), alone=request.alone)


def _text(side: Side) -> bytes | None:
    values = side.opened.values if side.opened is not None else ()
    if side.metadata is None or len(values) != 1 or values[0].plaintext is None:
        return None
    return values[0].plaintext.reveal()
