"""A merge that was settled by hand: only what the merged versions hold is taken, then sops renews the
MAC (R11)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.document import dotted, parse
from sealward.merging.holders import check, check_wrapping, settle_for
from sealward.merging.in_git import Result, request_for
from sealward.merging.outcome import Merged, Request
from sealward.merging.side import Refused, usable
from sealward.merging.sides import NEEDS_A_KEY, sides_of
from sealward.merging.splicing import name_for, place_inside
from sealward.merging.verification import found, unlike
from sealward.sops import program
from sealward.sops.format.ciphertext import looks_encrypted
from sealward.sops.format.selection import cover_of
from sealward.sops.reading.decrypted import Mac
from sealward.sops.reading.decryption import decrypt

if TYPE_CHECKING:
    from sealward.document import Document
    from sealward.git import Repository
    from sealward.merging.in_git import Asked, Versions
    from sealward.merging.sides import Sides
    from sealward.sops.format.metadata import Metadata
    from sealward.sops.reading.identities import Identities

_BLOCK = re.compile(
    r"^<{7,} [^\n]*\n(?P<ours>(?:(?!={7}|<{7}|>{7}|\|{7})[^\n]*\n)*)(?:\|{7,}[^\n]*\n(?:(?!={7})[^\n]*\n)*)?"
    r"={7,}\n(?:(?!>{7})[^\n]*\n)*>{7,} [^\n]*\n",
    re.MULTILINE,
)
_RENEWED = re.compile(r'[ \t"]*(?:sops_)?(?:mac|lastmodified)[ \t"]*[:=]')


def continued(
    repository: Repository, versions: Versions, lying: bytes, identities: Identities, asked: Asked
) -> Result:
    """The file as it lies in the work tree, with its MAC; or why it cannot be finished."""
    request = request_for(repository, versions, identities, asked)
    try:
        return Result(versions.path, _finished(request, lying), Merged(data=b""))
    except Refused as error:
        return Result(versions.path, lying, None, error)


def _finished(request: Request, lying: bytes) -> bytes:
    data = _without_mac_markers(lying)
    document = parse(request.path, data)
    if document.problems:
        problem = document.problems[0]
        what = f"{request.path}:{problem.line}: {problem.message}"
        raise Refused(what, "settle it by hand, or with `sealward merge --ours KEY` or `--theirs KEY`")
    sides = sides_of(request)
    if not sides.is_open:
        raise Refused(f"{request.path}: no key at hand opens it", NEEDS_A_KEY)
    metadata = usable("the work tree", document)
    held = settle_for(request, sides)
    if data in (request.ours, request.theirs) and held.is_of(metadata):
        return data
    _check_known(request, document, metadata, sides)
    before = decrypt(document, request.identities)
    if before.mac not in (Mac.VERIFIED, Mac.MISMATCH, Mac.UNDECRYPTABLE):
        raise Refused(
            f"{request.path}: a value does not open", "take it from one of the versions as it stands there"
        )
    name = name_for(document.store)
    finished = program.renewed(name, data, place_inside(document), data, alone=request.alone)
    if not held.is_of(metadata):
        check_wrapping(request, held)
        finished = program.update_keys(name, finished, held.rules(), alone=request.alone)
    after = decrypt(parse(request.path, finished), request.identities)
    if not after.accepted or found(after.values) != found(before.values):
        raise unlike(request.path)
    check(request.path, parse(request.path, finished), held)
    return finished


def _without_mac_markers(data: bytes) -> bytes:
    """The text with markers that stand around the MAC alone taken away: it is renewed in any case."""
    text = data.decode("utf-8", "surrogateescape")

    def settled(match: re.Match[str]) -> str:
        ours = match["ours"]
        lines = ours.splitlines()
        return ours if lines and all(_RENEWED.match(line) for line in lines) else match[0]

    return _BLOCK.sub(settled, text).encode("utf-8", "surrogateescape")


def _check_known(request: Request, document: Document, metadata: Metadata, sides: Sides) -> None:
    """Whatever is sealed in it is sealed so, under the same keys, in one of the versions. Raises
    Refused."""
    present = [side for side in (sides.base, sides.ours, sides.theirs) if side is not None]
    known = {(leaf.keys, leaf.text) for side in present for leaf in side.document.leaves}
    cover = cover_of(document, metadata)
    for leaf in document.leaves:
        sealed = looks_encrypted(leaf.text) or (cover.covers(leaf) and leaf.kind not in ("null", "empty"))
        if sealed and leaf.text and (leaf.keys, leaf.text) not in known:
            what = f"{request.path}:{leaf.line}: {dotted(leaf.path)} is in none of the merged versions"
            raise Refused(what, "take a value from one side as it stands there, under the same key")
    comments = {one.text.strip() for side in present for part in side.document.parts for one in part.comments}
    for part in document.parts:
        for one in part.comments:
            if looks_encrypted(one.text.strip()) and one.text.strip() not in comments:
                raise Refused(
                    f"{request.path}:{one.line}: a comment is in none of the merged versions", "take it out"
                )
    stanzas = {
        (key.kind, key.name, key.enc)
        for side in present
        if side.metadata is not None
        for key in side.metadata.keys
    }
    for key in metadata.keys:
        if (key.kind, key.name, key.enc) not in stanzas:
            raise Refused(
                f"{request.path}:{key.line}: a stanza is in none of the merged versions", "take it out"
            )
