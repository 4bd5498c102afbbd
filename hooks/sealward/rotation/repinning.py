"""A sealed file with new pins: written by the sops program on a copy, and verified before anyone sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document import dotted, parse
from sealward.errors import SealwardError
from sealward.rotation.sites import Sealed, open_sealed
from sealward.sops import binary
from sealward.sops.secret import Plaintext
from sealward.vault.reference import Reference, repin

if TYPE_CHECKING:
    from sealward.document import Leaf
    from sealward.sops.identities import Identities


def repinned(sealed: Sealed, reference: Reference, version: int, identities: Identities) -> Sealed:
    """The file with every pinned reference to ``reference``'s secret at ``version``, else unchanged.

    Nothing is written to the file. Raises SealwardError where sops cannot do it, or where the copy does
    not read back exactly as meant.
    """
    wanted = _wanted(sealed, reference, version)
    data = sealed.data
    for leaf, text in wanted.items():
        if leaf.part:
            raise SealwardError(
                f"{sealed.path}: {dotted(leaf.path)} stands in a further YAML document",
                "`sops set` cannot reach it: move it to the first document, or pin it with `sops edit`",
            )
        data = binary.set_value(sealed.path, data, leaf.path, text)
    if data == sealed.data:
        return sealed
    copy = open_sealed(sealed.path, sealed.file, data, identities)
    _verify(sealed, copy, {leaf.path: text for leaf, text in wanted.items()})
    return copy


def _wanted(sealed: Sealed, reference: Reference, version: int) -> dict[Leaf, Plaintext]:
    """The leaves whose text changes, and their new text."""
    wanted: dict[Leaf, Plaintext] = {}
    for site in sealed.refers_to(reference.mount, reference.path):
        text = Plaintext(repin(site.text.text(), reference, version).encode())
        if text != site.text:
            wanted[site.leaf] = text
    return wanted


def _verify(before: Sealed, after: Sealed, wanted: dict[tuple[str | int, ...], Plaintext]) -> None:
    """Every value is as before, but for the ones that were to change; the selector and keys stay."""
    old = [(value.leaf.path, value.leaf.part, value.kind, value.plaintext) for value in before.opened.values]
    new = [(value.leaf.path, value.leaf.part, value.kind, value.plaintext) for value in after.opened.values]
    expected = [
        (path, part, kind, wanted.get(path, text) if not part else text) for path, part, kind, text in old
    ]
    if new != expected or not _same_recipients(before, after):
        raise SealwardError(
            f"{before.path}: the copy that sops wrote does not read back as it should",
            "nothing was changed; report this with the versions of sops and Sealward",
        )


def _same_recipients(before: Sealed, after: Sealed) -> bool:
    from sealward.sops.decryption import usable_metadata

    old, new = (usable_metadata(parse(one.path, one.data)) for one in (before, after))
    return old.selector == new.selector and [(key.kind, key.name, key.enc) for key in old.keys] == [
        (key.kind, key.name, key.enc) for key in new.keys
    ]
