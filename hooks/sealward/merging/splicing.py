"""Versions with one data key: entries of both put together as they are, then the MAC renewed by sops
(R5, R9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.document import dotted, parse
from sealward.errors import SealwardError
from sealward.merging.holders import check, check_wrapping
from sealward.merging.layout import Marks, body_of, text_of
from sealward.merging.outcome import Clash, Merged
from sealward.merging.pieces import NotPlain, Piece, chosen, conflicts
from sealward.merging.pins import lifts
from sealward.merging.showing import shown
from sealward.merging.side import Refused, Side, opened, read
from sealward.merging.sides import NEEDS_A_KEY
from sealward.merging.three_way import Merger
from sealward.merging.verification import Unlike, is_as_planned, planned, unlike
from sealward.plaintext import Plaintext
from sealward.references.syntax import repin
from sealward.sops import program
from sealward.sops.format.ciphertext import looks_encrypted
from sealward.sops.reading.decrypted import Mac
from sealward.sops.reading.decryption import decrypt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealward.document import Document, Store
    from sealward.merging.holders import Holders
    from sealward.merging.layout import Body
    from sealward.merging.outcome import Request
    from sealward.merging.sides import Sides
    from sealward.sops.format.metadata import Metadata
    from sealward.sops.reading.decrypted import Decrypted

_NAMES: dict[Store, str] = {
    "yaml": "merged.yaml", "json": "merged.json", "dotenv": "merged.env", "ini": "merged.ini",
    "binary": "merged.bin",
}  # fmt: skip


def name_for(store: Store) -> str:
    """A name by which sops knows the store, whatever the file is called."""
    return _NAMES[store]


class Plan(NamedTuple):
    """Merged documents in pieces, what is left open, and what was decided."""

    roots: list[Piece]
    clashes: tuple[Clash, ...]
    notes: tuple[str, ...]
    settled: tuple[str, ...]


def plan(request: Request, base: Body | None, ours: Body, theirs: Body) -> Plan:
    """Merge documents one by one. Raises Refused where one version has more of them."""
    bodies = [one for one in (base, ours, theirs) if one is not None]
    if len({len(body.roots) for body in bodies}) > 1:
        raise Refused(
            f"{request.path}: the versions have different numbers of YAML documents", "merge it by hand"
        )
    merger, choices = Merger(), dict(request.choices)
    roots: list[Piece] = []
    clashes: list[Clash] = []
    before: set[str] = set()
    for number, (mine, yours) in enumerate(zip(ours.roots, theirs.roots, strict=True)):
        root = merger.documents(None if base is None else base.roots[number], mine, yours)
        before.update(dotted(path) for path, _ in conflicts(root.children))
        root.children = chosen(root.children, lambda path: choices.get(dotted(path), choices.get("*", "")))
        roots.append(root)
        for path, one in conflicts(root.children):
            clashes.append(
                Clash(dotted(path), one.reason, (shown(one.base), shown(one.ours), shown(one.theirs)))
            )
    settled = tuple(sorted(before - {one.path for one in clashes}))
    return Plan(roots, tuple(clashes), tuple(merger.notes), settled)


def settled(root: Piece, side: str) -> Piece:
    """A document with every conflict taken from one side."""
    made = root.like()
    made.children, made.below = chosen(root.children, lambda _: side), root.below
    return made


def spliced(request: Request, sides: Sides, held: Holders, marks: Marks) -> Merged:
    """Raises Refused where the texts cannot be put together, SealwardError where sops cannot finish
    them.

    Where they do not go together as they are laid out, sops writes all of them again first.
    """
    try:
        return _spliced(request, sides, held, marks, again=False)
    except (Unlike, NotPlain):
        if not sides.is_open:
            raise unlike(request.path) from None
    return _spliced(request, sides, held, marks, again=True)


def _spliced(request: Request, sides: Sides, held: Holders, marks: Marks, *, again: bool) -> Merged:
    sides, bodies = _aligned(request, sides, again)
    ours, theirs = bodies[-2], bodies[-1]
    merged = plan(request, bodies[0] if sides.base is not None else None, ours, theirs)
    document = sides.ours.document
    whole = _whole(request, sides, held, merged, bodies)
    if whole is not None:
        return whole
    if not sides.is_open:
        return _closed(request, sides, held, merged, bodies, marks)
    if merged.clashes:
        for side in ("ours", "theirs"):
            roots = [settled(root, side) for root in merged.roots]
            _check(request, text_of(document, roots, ours.metadata).encode(), roots)
        text = text_of(document, merged.roots, ours.metadata, marks)
        return Merged(data=text.encode(), clashes=merged.clashes, notes=merged.notes, settled=merged.settled)
    name = name_for(document.store)
    text = text_of(document, merged.roots, ours.metadata)
    data = program.renewed(name, text.encode(), place_inside(document), request.ours, alone=request.alone)
    if not held.is_of(sides.metadata[1]):
        check_wrapping(request, held)
        data = program.update_keys(name, data, held.rules(), alone=request.alone)
    result = _check(request, data, merged.roots, renewed=True)
    _check_ciphertexts(request, result, sides)
    check(request.path, parse(request.path, data), held)
    return lifted(request, sides, Merged(data=data, notes=merged.notes, settled=merged.settled))


def _whole(
    request: Request, sides: Sides, held: Holders, merged: Plan, bodies: Sequence[Body]
) -> Merged | None:
    """One side's own bytes, where the result is what that side has: its MAC stays, and nothing changes."""
    if merged.clashes:
        return None
    document, block = sides.ours.document, bodies[-2].metadata
    text = text_of(document, merged.roots, block)
    for body, metadata, data in (
        (bodies[-2], sides.metadata[1], request.ours),
        (bodies[-1], sides.metadata[2], request.theirs),
    ):
        if (
            held.is_of(metadata)
            and _stanzas(metadata) == _stanzas(sides.metadata[1])
            and text == text_of(document, body.roots, block)
        ):
            return Merged(data=data, notes=merged.notes, settled=merged.settled)
    return None


def _stanzas(metadata: Metadata) -> set[tuple[str, str, str]]:
    """A stanza of theirs is taken where it is ours: that it is for whom it says is known of nobody
    else's."""
    return {(key.kind, key.name, key.enc) for key in metadata.keys}


def _aligned(request: Request, sides: Sides, again: bool) -> tuple[Sides, list[Body]]:
    """The versions in pieces, in the layout of ours: where another's differs, sops writes it again."""
    wanted = program.indentation(request.ours)
    done: list[Side] = []
    bodies: list[Body] = []
    for side in (sides.base, sides.ours, sides.theirs):
        if side is not None:
            differs = side.document.store == "yaml" and _indentation(side) != wanted
            found, body = _in_pieces(request, side, again=again or differs)
            done.append(found)
            bodies.append(body)
    return sides._replace(
        base=done[0] if sides.base is not None else None, ours=done[-2], theirs=done[-1]
    ), bodies


def _indentation(side: Side) -> int:
    return program.indentation(side.document.text.encode("utf-8", "surrogatepass"))


def _in_pieces(request: Request, side: Side, *, again: bool) -> tuple[Side, Body]:
    if not again:
        try:
            return side, body_of(side)
        except NotPlain:
            pass
    written = _written_again(request, side)
    try:
        return written, body_of(written)
    except NotPlain:
        reason = f"the version of {side.name} is not laid out as sops lays out files"
        raise Refused(
            f"{request.path}: {reason}", "merge it by hand: `sops decrypt` shows each version"
        ) from None


def _written_again(request: Request, side: Side) -> Side:
    if side.opened is None or side.metadata is None:
        raise Refused(f"{request.path}: the version of {side.name} has another layout", NEEDS_A_KEY)
    document = side.document
    data = program.renewed(
        name_for(document.store),
        document.text.encode(),
        place_inside(document),
        request.ours,
        alone=request.alone,
    )
    again = read(side.name, request.path, data, document.store)
    return opened(side.name, again, side.tokens, request.identities)


def place_inside(document: Document) -> tuple[str, ...]:
    """Where sops may put a key for a moment: in an INI file, in a section."""
    if document.store != "ini":
        return ()
    keys = next((leaf.keys for leaf in document.leaves), ("DEFAULT",))
    return keys[:1]


def _check(request: Request, data: bytes, roots: Sequence[Piece], *, renewed: bool = False) -> Decrypted:
    """The file as it reads. Raises SealwardError where that is not what was planned; before the MAC is
    ``renewed`` that alone may be wrong."""
    document = parse(request.path, data)
    inside = decrypt(document, request.identities)
    fits = inside.accepted if renewed else inside.mac in (Mac.VERIFIED, Mac.MISMATCH)
    if document.problems or not fits or not is_as_planned(planned(roots), inside.values):
        raise unlike(request.path)
    return inside


def _check_ciphertexts(request: Request, result: Decrypted, sides: Sides) -> None:
    """Every ciphertext is one that ours or theirs has under the same keys. Raises SealwardError."""
    known = {(leaf.keys, leaf.text) for side in (sides.ours, sides.theirs) for leaf in side.document.leaves}
    for value in result.values:
        leaf = value.leaf
        if looks_encrypted(leaf.text) and value.kind != "comment" and (leaf.keys, leaf.text) not in known:
            raise unlike(request.path)


def _closed(
    request: Request, sides: Sides, held: Holders, merged: Plan, bodies: Sequence[Body], marks: Marks
) -> Merged:
    """Merged without a key: all but the MAC, which is left as a conflict."""
    if not held.is_of(sides.metadata[1]):
        raise Refused(f"{request.path}: theirs changes the recipients, and no key is at hand", NEEDS_A_KEY)
    theirs = _mac_lines(bodies[-1].metadata[0])
    blocks = [[*lines] for lines in bodies[-2].metadata]
    for block in blocks:
        _mark(block, _mac_lines(block), theirs, marks)
    text = text_of(sides.ours.document, merged.roots, blocks, marks)
    return Merged(
        data=text.encode(), clashes=merged.clashes, notes=merged.notes, settled=merged.settled, closed=True
    )


def _mac_lines(block: Sequence[str]) -> list[str]:
    """The lines of a metadata block that are renewed with every change."""
    return [line for line in block if line.strip().strip('"').removeprefix("sops_").startswith(_RENEWED)]


_RENEWED = ("lastmodified", "mac:", "mac=", "mac ", 'mac"')


def _mark(block: list[str], ours: list[str], theirs: list[str], marks: Marks) -> None:
    at = block.index(ours[0])
    for line in ours:
        block.remove(line)
    block[at:at] = [marks.begin, *ours, marks.middle, *theirs, marks.end]


def lifted(request: Request, sides: Sides, merged: Merged) -> Merged:
    """The same with all pins of a secret at its highest, where each side had them uniform (R4)."""
    notes, data = list(merged.notes), merged.data
    document = parse(request.path, data)
    inside = decrypt(document, request.identities)
    assert sides.ours.opened is not None
    assert sides.theirs.opened is not None
    for lift in lifts(sides.ours.opened.values, sides.theirs.opened.values, inside.values):
        texts = {value.leaf.path: value.plaintext for value in inside.values if not value.leaf.part}
        for path in lift.leaves:
            plaintext = texts.get(path)
            if plaintext is None:
                raise SealwardError(
                    f"{request.path}: the pin at {dotted(path)} is to be lifted, in a further YAML document",
                    "`sops set` cannot reach it: lift it with `sops edit` on one side, and merge again",
                )
            text = repin(plaintext.text(), (lift.mount, lift.path), lift.version)
            data = program.set_value(
                name_for(document.store), data, path, Plaintext(text.encode()), alone=request.alone
            )
        names = ", ".join(dotted(path) for path in lift.leaves)
        notes.append(f"{names}: lifted to #{lift.version}, as the other keys of {lift.mount}/{lift.path}")
    if data != merged.data:
        after = decrypt(parse(request.path, data), request.identities)
        if not after.accepted or len(after.values) != len(inside.values):
            raise unlike(request.path)
    return merged._replace(data=data, notes=tuple(notes))
