"""The merge: three versions in, one out, verified; or why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.merging.binary import is_binary, merge_binary
from sealward.merging.holders import settle_for
from sealward.merging.layout import Marks
from sealward.merging.outcome import Merged
from sealward.merging.resealing import resealed
from sealward.merging.side import Refused
from sealward.merging.sides import NEEDS_A_KEY, sides_of
from sealward.merging.splicing import spliced

if TYPE_CHECKING:
    from sealward.merging.outcome import Request


def merge(request: Request, marks: Marks | None = None) -> Merged:
    """Merge three versions of a sealed file.

    Raises Refused where a version is not to be merged, and SealwardError where sops cannot do it: then
    the text of the versions is all that can be merged."""
    if request.ours == request.theirs:
        return Merged(data=request.ours)
    sides = sides_of(request)
    _, ours, theirs = sides.metadata
    held = settle_for(request, sides)
    if sides.is_open and is_binary(sides.ours):
        merged = merge_binary(request, sides, held)
        if merged is not None:
            return merged
    if sides.same and held.selects_as(ours) and held.selects_as(theirs):
        return spliced(request, sides, held, marks or Marks())
    if not sides.is_open:
        raise Refused(
            f"{request.path}: its data key or its selector was changed, and no key is at hand", NEEDS_A_KEY
        )
    return resealed(request, sides, held)
