"""Two versions of a sealed file → what changed, by key path, for people to read; with a key or without."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.differences.masking import Mask
from sealward.document import dotted, parse
from sealward.errors import SealwardError
from sealward.references.syntax import find_all, levelled
from sealward.sealed.marks import is_sealed, looks_sealed
from sealward.sops.format.canonical import canonical
from sealward.sops.format.creation_rules import groups_of
from sealward.sops.format.recipients import short
from sealward.sops.reading.data_key import NoDataKey, recover
from sealward.sops.reading.decrypted import Mac
from sealward.sops.reading.decryption import decrypt, usable_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.differences.masking import View
    from sealward.document import Document
    from sealward.plaintext import Plaintext
    from sealward.sops.format.metadata import Metadata
    from sealward.sops.reading.decrypted import Decrypted, Value
    from sealward.sops.reading.identities import Identities


class Change(NamedTuple):
    """One difference: ``what`` it is (``added``, ``removed``, ``changed``, ``pin``, ``type``,
    ``recipient +`` …), the key path (empty for the file itself), and both sides as people may see them
    (empty for none)."""

    what: str
    path: str
    before: str
    after: str


class Difference(NamedTuple):
    """A file that differs; ``opened`` says whether values were compared, and not just ciphertexts."""

    path: str
    changes: tuple[Change, ...]
    opened: bool


class Version(NamedTuple):
    """One version of a file, as it was read."""

    document: Document
    metadata: Metadata | None
    opened: Decrypted | None
    key: Plaintext | None


def compare(
    path: str,
    before: bytes | None,
    after: bytes | None,
    identities: Identities,
    view: View,
    key: Plaintext | None,
) -> Difference | None:
    """The differences of two versions; None for a file that is sealed in neither, or where nothing
    differs."""
    old, new = (_read(path, data, identities) for data in (before, after))
    if old is None and new is None:
        return None
    if before is None or after is None or old is None or new is None:
        present = new if new is not None else old
        return Difference(
            path, (_whole(before, after, old, present),), present is not None and present.opened is not None
        )
    opened = old.opened is not None and new.opened is not None
    if not opened:
        old, new = (one._replace(opened=None) for one in (old, new))
    masks = [Mask(view, key or one.key) for one in (old, new)]
    changes = [*_values(old, new, masks[0], masks[1]), *_sealing(old, new), *_comments(old, new)]
    return Difference(path, tuple(changes), opened) if changes else None


def _read(path: str, data: bytes | None, identities: Identities) -> Version | None:
    """A version; None for one that is not sealed."""
    if data is None or not looks_sealed(data):
        return None
    document = parse(path, data)
    if not is_sealed(document):
        return None
    try:
        metadata = usable_metadata(document)
    except SealwardError:
        return Version(document, None, None, None)
    key = opened = None
    try:
        opened = decrypt(document, identities)
        key = recover(path, metadata, identities)
    except NoDataKey:
        pass
    except SealwardError:
        opened = None
    return Version(document, metadata, opened, key)


def _whole(before: bytes | None, after: bytes | None, old: Version | None, present: Version | None) -> Change:
    count = len(present.document.leaves) if present is not None else 0
    values = f"{count} value{'' if count == 1 else 's'}"
    if before is None:
        return Change("file added", "", "", values)
    if after is None:
        return Change("file removed", "", values, "")
    if old is None:
        return Change("file sealed", "", "in clear", values)
    return Change("no longer sealed", "", values, "in clear")


def _values(old: Version, new: Version, was: Mask, now: Mask) -> Iterator[Change]:
    before, after = _leaves(old, was), _leaves(new, now)
    for path in {**before, **after}:
        one, other = before.get(path), after.get(path)
        if one is None or other is None:
            shown = (one or other or _NOTHING)[1]
            yield Change("added", path, "", shown) if one is None else Change("removed", path, shown, "")
        elif one[0] != other[0]:
            yield _changed(path, one, other)


_Leaf = tuple[tuple[str, bytes], str, str]
_NOTHING: _Leaf = (("", b""), "", "")


def _changed(path: str, one: _Leaf, other: _Leaf) -> Change:
    what = "changed"
    if one[0][0] != other[0][0]:
        what = "type"
    elif one[2] and other[2] and levelled(one[2]) == levelled(other[2]):
        pins = [[str(ref.version or "none") for ref in find_all(text)] for text in (one[2], other[2])]
        return Change("pin", path, ", ".join(pins[0]), ", ".join(pins[1]))
    return Change(what, path, one[1], other[1])


def _leaves(version: Version, mask: Mask) -> dict[str, _Leaf]:
    """By key path: the type and what is compared, what is shown, and the text where that is a reference."""
    several = len(version.document.parts) > 1
    found: dict[str, _Leaf] = {}
    values = (
        {(value.leaf.part, value.leaf.path): value for value in version.opened.values}
        if version.opened
        else {}
    )
    for leaf in version.document.leaves:
        path = (f"({leaf.part + 1}) " if several else "") + dotted(leaf.path)
        value = values.get((leaf.part, leaf.path))
        if value is not None and value.kind == "comment":
            continue
        if value is not None and value.plaintext is not None:
            found[path] = ((value.kind, value.plaintext.reveal()), mask.value(value), _reference(value))
        elif leaf.text.startswith("ENC["):
            found[path] = (("sealed", leaf.text.encode()), mask.sealed(leaf.text), "")
        else:
            data = canonical(leaf, version.document.store) or b""
            found[path] = ((leaf.kind, data), f"<{leaf.kind} in clear>", "")
    return found


def _reference(value: Value) -> str:
    text = value.plaintext.text() if value.plaintext is not None and value.kind == "str" else ""
    return text if find_all(text) else ""


def _sealing(old: Version, new: Version) -> Iterator[Change]:
    """For whom, and how: recipients, groups, selector, data key, MAC."""
    if old.metadata is None or new.metadata is None:
        if old.metadata is not new.metadata:
            yield Change(
                "metadata",
                "",
                "damaged" if old.metadata is None else "",
                "damaged" if new.metadata is None else "",
            )
        return
    before, after = (groups_of(one.metadata) for one in (old, new) if one.metadata is not None)
    was, now = (frozenset().union(*groups) for groups in (before, after))
    for kind, name in sorted(now - was):
        yield Change("recipient +", "", "", f"{kind} {short(name)}")
    for kind, name in sorted(was - now):
        yield Change("recipient -", "", f"{kind} {short(name)}", "")
    if was == now and before != after:
        yield Change("key groups", "", str(len(before)), str(len(after)))
    if old.metadata.shamir_threshold != new.metadata.shamir_threshold:
        yield Change("threshold", "", str(old.metadata.shamir_threshold), str(new.metadata.shamir_threshold))
    one, other = old.metadata.selector, new.metadata.selector
    if one != other or old.metadata.mac_only_encrypted != new.metadata.mac_only_encrypted:
        yield Change("selector", "", f"{one.name} {one.value}", f"{other.name} {other.value}")
    if old.key is not None and new.key is not None and old.key != new.key:
        yield Change("data key renewed", "", "", "")
    if new.opened is not None and new.opened.mac is not Mac.VERIFIED:
        yield Change("MAC", "", "", new.opened.mac.value)


def _comments(old: Version, new: Version) -> Iterator[Change]:
    before, after = (_texts(one) for one in (old, new))
    if before != after:
        yield Change("comments", "", str(len(before)), str(len(after)))


def _texts(version: Version) -> list[bytes]:
    if version.opened is not None:
        items = [one.plaintext for one in version.opened.values if one.kind == "comment"]
        return [
            text.reveal()
            for text in [*(text for _, text in version.opened.comments), *items]
            if text is not None
        ]
    return [one.text.encode() for part in version.document.parts for one in part.comments]
