"""Secrets that ``deploy.yaml`` makes of values of any sealed file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.deploy import values
from sealward.deploy.wanted import Entry, Wanted, check_key, check_name, wrong
from sealward.document import dotted
from sealward.errors import did_you_mean
from sealward.finding import Place
from sealward.globs import key_pattern
from sealward.sealed.contents import place_of

if TYPE_CHECKING:
    from sealward.deploy.settings import Mapped, Target
    from sealward.sealed.files import Sealed
    from sealward.sops.reading.decrypted import Value

_WORD = re.compile(r"[^A-Za-z0-9]+")


def read(mapped: Mapped, sealed: Sealed, target: Target, *, unpinned: bool = False) -> Wanted:
    """The Secret. Raises SealwardError, ``path:line:column``, for a key path that is not there, and for a
    value that cannot be deployed."""
    place = Place(target.path, mapped.line, mapped.column)
    check_name(mapped.name, place)
    namespace = mapped.namespace or target.namespace
    if namespace not in target.all_namespaces:
        hint = f"add it to `namespaces` of the target {target.name}, if it is meant"
        raise wrong(place, f"the namespace {namespace} is not one of the target's", hint)
    return Wanted(
        namespace=namespace,
        name=mapped.name,
        type=mapped.type,
        place=place,
        entries=_picked(mapped, sealed, target, unpinned)
        if mapped.picks
        else _matching(mapped, sealed, place, unpinned),
        labels={},
        annotations={},
    )


def _picked(mapped: Mapped, sealed: Sealed, target: Target, unpinned: bool) -> dict[str, Entry]:
    by_path: dict[str, list[Value]] = {}
    for value in sealed.opened.values:
        if value.kind != "comment":
            by_path.setdefault(dotted(value.leaf.path), []).append(value)
    entries: dict[str, Entry] = {}
    for pick in mapped.picks:
        place = Place(target.path, pick.line, pick.column)
        check_key(pick.key, place)
        if pick.key_path not in by_path:
            hint = did_you_mean(
                pick.key_path, by_path, "name the path of one value, such as exchange.api_key"
            )
            raise wrong(place, f"{sealed.path} has no value at {pick.key_path[:80]!r}", hint)
        first, *others = by_path[pick.key_path]
        if others:
            lines = ", ".join(str(one.leaf.line) for one in by_path[pick.key_path])
            reason = f"{sealed.path} has several values at {pick.key_path[:80]!r} (lines {lines})"
            raise wrong(place, reason, "rename keys with a dot, and keep one document a file")
        entries[pick.key] = _entry(sealed, first, unpinned)
    return entries


def _matching(mapped: Mapped, sealed: Sealed, place: Place, unpinned: bool) -> dict[str, Entry]:
    pattern = key_pattern(mapped.pattern)
    entries: dict[str, Entry] = {}
    for value in sealed.opened.values:
        if value.kind == "comment" or not pattern.fullmatch(dotted(value.leaf.path)):
            continue
        key = key_of(value, mapped.keys)
        at = place_of(sealed.document, value.leaf)
        check_key(key, at)
        if key in entries:
            other = entries[key].place.key_path
            raise wrong(
                at, f"would be the key {key}, as {other} already is", "map them one by one under `data`"
            )
        entries[key] = _entry(sealed, value, unpinned)
    if not entries:
        raise wrong(place, f"nothing in {sealed.path} matches {mapped.pattern!r}", "`**` matches every value")
    return entries


def key_of(value: Value, style: str) -> str:
    """The name of a value's key: the last step of its path; ``upper-snake`` has it in capitals."""
    name = value.leaf.keys[-1] if value.leaf.keys else ""
    return _WORD.sub("_", name).strip("_").upper() if style == "upper-snake" else name


def _entry(sealed: Sealed, value: Value, unpinned: bool) -> Entry:
    place = place_of(sealed.document, value.leaf)
    text = None if value.plaintext is None else values.as_text(value.kind, value.plaintext.text())
    if text is None:
        raise wrong(place, "is empty", "give it a value, or remove the key")
    return values.entry(place, text, unpinned=unpinned)
