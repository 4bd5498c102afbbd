"""A sealed file under its creation rule's recipients, threshold and selector: a verified copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.rotation.sites import Sealed, open_sealed
from sealward.sops import binary
from sealward.sops.creation_rules import (
    FILE_NAMES,
    BrokenConfiguration,
    Configuration,
    Recipient,
    groups_of,
    load,
)
from sealward.sops.decryption import usable_metadata
from sealward.sops.selectors import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.sops.creation_rules import Rule
    from sealward.sops.identities import Identities
    from sealward.sops.metadata import Metadata


_NOBODY: frozenset[Recipient] = frozenset()


class Resealed(NamedTuple):
    """A file before, its bytes after, what changes as lines for people, and who can no longer read it."""

    before: Sealed
    after: bytes
    changes: tuple[str, ...]
    removed: frozenset[Recipient]


def reseal(sealed: Sealed, top: Path, identities: Identities, data_key: bool, named: bool) -> Resealed | None:
    """The file as its rule wants it; without changes if it is so already.

    None where no rule claims the file and it was not ``named`` by the user. A fresh data key is made with
    ``data_key``, and whenever the selector changes. Raises SealwardError.
    """
    found = _rule(sealed, top)
    if found is None:
        if named and not data_key:
            raise SealwardError(f"no creation rule claims {sealed.path}", "add one to .sops.yaml")
        if not named:
            return None
    metadata = usable_metadata(sealed.document)
    changes = tuple(_changes(sealed, metadata, found[1])) if found else ()
    removed = _all(groups_of(metadata)) - found[1].recipients if found else _NOBODY
    data = _written(sealed, found, changes, data_key)
    if data != sealed.data:
        _verify(sealed, open_sealed(sealed.path, sealed.file, data, identities), found)
    if data_key:
        changes = (*changes, "fresh data key")
    return Resealed(sealed, data, changes, removed)


def _written(
    sealed: Sealed, found: tuple[Configuration, Rule, str] | None, changes: tuple[str, ...], data_key: bool
) -> bytes:
    if found is not None and changes:
        configuration, _, inside = found
        rules = Path(configuration.path).read_bytes()
        if any(change.startswith("selector") for change in changes):
            plaintext = binary.decrypt(sealed.path, sealed.data, sealed.document.store)
            return binary.encrypt(inside, plaintext, rules, layout=sealed.data)
        data = binary.update_keys(inside, sealed.data, rules)
    else:
        data = sealed.data
    return binary.rotate_data_key(sealed.path, data) if data_key else data


def _changes(sealed: Sealed, metadata: Metadata, rule: Rule) -> Iterator[str]:
    old, new = groups_of(metadata), rule.groups
    for kind, name in sorted(_all(new) - _all(old)):
        yield f"recipient + {kind} {name}"
    for kind, name in sorted(_all(old) - _all(new)):
        yield f"recipient - {kind} {name}"
    if _all(old) == _all(new) and old != new:
        yield "key groups as in the rule"
    threshold = min(rule.shamir_threshold or len(new), len(new))
    if len(new) > 1 and len(old) == len(new) and threshold != (metadata.shamir_threshold or len(old)):
        yield f"threshold {metadata.shamir_threshold} → {threshold}"
    selector = rule.selector or DEFAULT
    if sealed.document.store != "binary" and (
        selector != metadata.selector or rule.mac_only_encrypted != metadata.mac_only_encrypted
    ):
        yield f"selector {metadata.selector.name} → {selector.name} {selector.value}"


def _rule(sealed: Sealed, top: Path) -> tuple[Configuration, Rule, str] | None:
    """The rule that claims the file in the nearest configuration upwards, and the path as it sees it."""
    folder = sealed.file.parent
    while True:
        for name in FILE_NAMES:
            configuration = _load(folder / name)
            if configuration is not None:
                inside = sealed.file.relative_to(folder).as_posix()
                rule = configuration.rule_for(inside)
                return (configuration, rule, inside) if rule and rule.groups else None
        if folder == top or folder == folder.parent:
            return None
        folder = folder.parent


def _load(file: Path) -> Configuration | None:
    try:
        return load(file.as_posix(), file.read_bytes())
    except BrokenConfiguration as error:
        raise SealwardError(f"{file.name}:{error.line}: {error.reason}", "mend it") from None
    except OSError:
        return None


def _all(groups: tuple[frozenset[Recipient], ...]) -> frozenset[Recipient]:
    return frozenset().union(*groups)


def _verify(before: Sealed, after: Sealed, found: tuple[Configuration, Rule, str] | None) -> None:
    """Every value reads back as before, and nothing is left that differs from the rule."""
    old = [(value.leaf.path, value.kind, value.plaintext) for value in before.opened.values]
    new = [(value.leaf.path, value.kind, value.plaintext) for value in after.opened.values]
    metadata = usable_metadata(after.document)
    if old != new or (found is not None and any(_changes(after, metadata, found[1]))):
        raise SealwardError(
            f"{before.path}: the copy that sops wrote does not read back as it should",
            "nothing was changed; report this with the versions of sops and Sealward",
        )
