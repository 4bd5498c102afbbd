"""Values of a sealed file set to others by the sops program, in whichever YAML document they stand.

``sops set`` reaches the first document alone, and its MAC runs over all of them. Each document that sops
wrote carries the whole metadata block, so it is a sealed file of its own, but for the MAC: there the value is
set with the MAC left aside, the documents are put together again, and a value of the first one is set (to
what it is, if nothing else) to have the MAC made again. Other texts keep their ciphertexts, and the file its
data key. Whoever calls has verified the MAC before, and verifies the outcome: every value, and the MAC.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.document import dotted
from sealward.errors import SealwardError
from sealward.sops import program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealward.document import Leaf
    from sealward.plaintext import Plaintext
    from sealward.sealed.files import Sealed

_MARKER = re.compile(rb"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_NO_CONTENT = re.compile(rb"(?:[ \t]*(?:[#%][^\n]*)?(?:\n|\Z))*")


def written(sealed: Sealed, wanted: Mapping[Leaf, Plaintext], *, alone: bool) -> bytes:
    """The file's bytes with the leaves' texts set; ``alone`` as for ``program.set_value``. Raises
    SealwardError, and says which value it is that sops cannot set."""
    for leaf in wanted:
        _check_place(sealed, leaf)
    data = sealed.data
    later = {leaf: text for leaf, text in wanted.items() if leaf.part}
    first = {leaf: text for leaf, text in wanted.items() if not leaf.part}
    if later:
        data = _in_later_documents(sealed, later, alone=alone)
        first = first or _touched(sealed)
    for number, (leaf, text) in enumerate(first.items()):
        renews = bool(later) and number == 0
        kind = next(value.kind for value in sealed.opened.values if value.leaf is leaf)
        data = program.set_value(
            sealed.path, data, leaf.path, text, kind=kind, ignore_mac=renews, alone=alone
        )
    return data


def _check_place(sealed: Sealed, leaf: Leaf) -> None:
    """Whether sops understands how a place is named: a ``[`` in a key begins a step for it."""
    where = dotted(leaf.path)
    if any("[" in step for step in leaf.path if isinstance(step, str)):
        raise SealwardError(
            f"{sealed.path}: `sops set` cannot name {where}: one of its keys has a `[`",
            "give the key another name, or pin it with `sops edit`",
        )
    same = [one for one in sealed.document.leaves if (one.part, one.path) == (leaf.part, leaf.path)]
    if len(same) > 1:
        raise SealwardError(
            f"{sealed.path}: {where} occurs twice (lines {', '.join(str(one.line) for one in same)})",
            "remove one of them with `sops edit`: which one counts depends on the reader",
        )


def _in_later_documents(sealed: Sealed, wanted: Mapping[Leaf, Plaintext], *, alone: bool) -> bytes:
    documents = split(sealed.data)
    if len(documents) != len(sealed.document.parts):
        raise _unreachable(sealed, next(iter(wanted)))
    for leaf, text in wanted.items():
        new = program.set_value(
            sealed.path, documents[leaf.part], leaf.path, text, ignore_mac=True, alone=alone
        )
        documents[leaf.part] = b"---\n" + new
    return b"".join(documents)


def split(data: bytes) -> list[bytes]:
    """The documents of a YAML file, each but the first with the marker that it begins with.

    In YAML a line that begins with ``---`` is a marker, whatever it stands in.
    """
    starts = [match.start() for match in _MARKER.finditer(data)]
    if starts and _NO_CONTENT.fullmatch(data, 0, starts[0]):
        starts = starts[1:]
    ends = [*starts, len(data)]
    return [data[start:end] for start, end in zip([0, *starts], ends, strict=True)]


def _touched(sealed: Sealed) -> dict[Leaf, Plaintext]:
    """A value of the first document, to be set to what it is."""
    for kind in ("str", "int", "bool"):
        for value in sealed.opened.values:
            leaf = value.leaf
            named = all(isinstance(step, int) or "[" not in step for step in leaf.path)
            if value.kind == kind and not leaf.part and named and value.plaintext and not leaf.taken_as:
                return {leaf: value.plaintext}
    raise _unreachable(sealed, next(one.leaf for one in sealed.opened.values if one.leaf.part))


def _unreachable(sealed: Sealed, leaf: Leaf) -> SealwardError:
    where = f"{sealed.path}: {dotted(leaf.path)}"
    return SealwardError(
        f"{where} stands in a further YAML document, which `sops set` cannot reach",
        "move it to the first document, or pin it with `sops edit`",
    )
