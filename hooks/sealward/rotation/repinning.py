"""A sealed file with new pins: written by the sops program on a copy, and verified before anyone sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.plaintext import Plaintext
from sealward.references.syntax import repin
from sealward.rotation.writing import written
from sealward.sealed.files import Sealed, reopened, unlike

if TYPE_CHECKING:
    from sealward.document import Leaf
    from sealward.document.model import Path
    from sealward.rotation.plan import Plan
    from sealward.sops.reading.identities import Identities

    Place = tuple[int, Path]
    """The number of a YAML document, and a key path in it."""


def repinned(sealed: Sealed, plan: Plan, identities: Identities) -> Sealed:
    """The file with the plan's new version at every reference to its secret that carries a pin, or is to.

    Nothing is written to the file. The file as it is where a copy would start an age plugin, and nothing may
    be started. Raises SealwardError where sops cannot do it, or where the copy does
    not read back exactly as meant.
    """
    if identities.alone and identities.plugins:
        return sealed
    wanted = _wanted(sealed, plan)
    if not wanted:
        return sealed
    copy = reopened(sealed, written(sealed, wanted, alone=identities.alone), identities)
    _verify(sealed, copy, {(leaf.part, leaf.path): text for leaf, text in wanted.items()})
    return copy


def _wanted(sealed: Sealed, plan: Plan) -> dict[Leaf, Plaintext]:
    """The leaves whose text changes, and their new text."""
    target = plan.target
    wanted: dict[Leaf, Plaintext] = {}
    secret = (target.mount, target.path)
    for site in sealed.refers_to(*secret):
        text = repin(site.text.text(), secret, plan.new, add=target.pins, home=sealed.home)
        if text != site.text.text():
            wanted[site.leaf] = Plaintext(text.encode())
    return wanted


def _verify(before: Sealed, after: Sealed, wanted: dict[Place, Plaintext]) -> None:
    """Every value is as before, but for the ones that were to change; the selector and keys stay."""
    old = [(value.leaf.path, value.leaf.part, value.kind, value.plaintext) for value in before.opened.values]
    new = [(value.leaf.path, value.leaf.part, value.kind, value.plaintext) for value in after.opened.values]
    expected = [(path, part, kind, wanted.get((part, path), text)) for path, part, kind, text in old]
    if new != expected or not _same_recipients(before, after):
        raise unlike(before)


def _same_recipients(before: Sealed, after: Sealed) -> bool:
    from sealward.sops.reading.decryption import usable_metadata

    old, new = (usable_metadata(one.document) for one in (before, after))
    return old.selector == new.selector and [(key.kind, key.name, key.enc) for key in old.keys] == [
        (key.kind, key.name, key.enc) for key in new.keys
    ]
