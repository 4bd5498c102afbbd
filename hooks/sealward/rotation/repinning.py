"""A sealed file with new pins: written by the sops program on a copy, and verified before anyone sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document import dotted
from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.references.syntax import repin
from sealward.sealed.files import Sealed, reopened, unlike
from sealward.sops import program

if TYPE_CHECKING:
    from sealward.document import Leaf
    from sealward.rotation.plan import Plan
    from sealward.sops.reading.identities import Identities


def repinned(sealed: Sealed, plan: Plan, identities: Identities) -> Sealed:
    """The file with the plan's new version at every reference to its secret that carries a pin, or is to.

    Nothing is written to the file. The file as it is where a copy would start an age plugin, and nothing may
    be started. Raises SealwardError where sops cannot do it, or where the copy does
    not read back exactly as meant.
    """
    if identities.alone and identities.plugins:
        return sealed
    wanted = _wanted(sealed, plan)
    data = sealed.data
    for leaf, text in wanted.items():
        if leaf.part:
            raise SealwardError(
                f"{sealed.path}: {dotted(leaf.path)} stands in a further YAML document",
                "`sops set` cannot reach it: move it to the first document, or pin it with `sops edit`",
            )
        data = program.set_value(sealed.path, data, leaf.path, text, alone=identities.alone)
    if not wanted:
        return sealed
    copy = reopened(sealed, data, identities)
    _verify(sealed, copy, {leaf.path: text for leaf, text in wanted.items()})
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


def _verify(before: Sealed, after: Sealed, wanted: dict[tuple[str | int, ...], Plaintext]) -> None:
    """Every value is as before, but for the ones that were to change; the selector and keys stay."""
    old = [(value.leaf.path, value.leaf.part, value.kind, value.plaintext) for value in before.opened.values]
    new = [(value.leaf.path, value.leaf.part, value.kind, value.plaintext) for value in after.opened.values]
    expected = [
        (path, part, kind, wanted.get(path, text) if not part else text) for path, part, kind, text in old
    ]
    if new != expected or not _same_recipients(before, after):
        raise unlike(before)


def _same_recipients(before: Sealed, after: Sealed) -> bool:
    from sealward.sops.reading.decryption import usable_metadata

    old, new = (usable_metadata(one.document) for one in (before, after))
    return old.selector == new.selector and [(key.kind, key.name, key.enc) for key in old.keys] == [
        (key.kind, key.name, key.enc) for key in new.keys
    ]
