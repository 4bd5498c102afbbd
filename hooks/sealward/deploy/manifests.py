"""Sealed Secret manifests → what is wanted. Names and types stand in clear, values are opened in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.claims.kubernetes import secrets_in
from sealward.deploy import values
from sealward.deploy.wanted import DOMAIN, Entry, Wanted, check_key, check_name, check_namespace, wrong
from sealward.finding import Place
from sealward.sealed.contents import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealward.deploy.settings import Target
    from sealward.document import Document, Part
    from sealward.document.model import Path
    from sealward.sealed.files import Sealed
    from sealward.sops.reading.decrypted import Value

KEPT_BY_KUBECTL = "kubectl.kubernetes.io/last-applied-configuration"
"""Where client-side ``kubectl apply`` keeps a copy of the whole object, values and all."""

_TOP = ("apiVersion", "kind", "metadata", "type", "data", "stringData", "immutable")
_METADATA = ("name", "namespace", "labels", "annotations")
_OF_THE_SERVER = ("creationTimestamp", "resourceVersion", "uid", "generation", "managedFields", "selfLink")


class _Found(NamedTuple):
    """A Secret in a document: its values by what follows its own path."""

    place: Place
    values: dict[Path, Value]

    def text(self, *steps: str) -> str:
        """The text under these steps; empty where there is none."""
        found = self.values.get(steps)
        return found.plaintext.text() if found is not None and found.plaintext is not None else ""

    def below(self, *steps: str) -> Iterator[tuple[str, Value]]:
        """Each name directly under these steps, and its value."""
        for path, value in self.values.items():
            if path[: len(steps)] == steps and len(path) == len(steps) + 1:
                yield str(path[-1]), value


def read(sealed: Sealed, target: Target, *, unpinned: bool = False) -> Iterator[Wanted]:
    """The Secrets of a sealed manifest.

    Raises SealwardError, ``path:line:column``, for what is not a Secret, or cannot be deployed.
    """
    none = True
    own: list[list[Value]] = [[] for _ in sealed.document.parts]
    for value in sealed.opened.values:
        own[value.leaf.part].append(value)
    for part, values_of_part in zip(sealed.document.parts, own, strict=True):
        for found in _secrets(sealed.path, part, values_of_part):
            none = False
            yield _wanted(sealed.document, found, target, unpinned)
    if none:
        place = Place(sealed.path)
        hint = (
            "a manifest is sealed with `encrypted_regex: ^(data|stringData)$`, so that its kind and name are"
            " in clear; other files go under `secrets` of deploy.yaml"
        )
        raise wrong(place, "holds no Secret", hint)


def names(document: Document, target: Target) -> Iterator[tuple[str, str]]:
    """Namespace and name of each Secret, which stand in clear: no key is needed."""
    for part in document.parts:
        for at in secrets_in(part.root):
            clear = {leaf.path[len(at) :]: leaf.text for leaf in part.leaves if leaf.path[: len(at)] == at}
            name = clear.get(("metadata", "name"), "")
            if name and ("metadata", "name") in clear:
                yield clear.get(("metadata", "namespace"), "") or target.namespace, name


def _secrets(path: str, part: Part, own: Sequence[Value]) -> Iterator[_Found]:
    for at in secrets_in(part.root):
        inside = {value.leaf.path[len(at) :]: value for value in own if value.leaf.path[: len(at)] == at}
        first = min((value.leaf.line for value in inside.values()), default=part.line)
        found = _Found(Place(path, first), inside)
        if at[:2] == ("spec", "secretTemplates"):
            hint = "its operator makes the Secrets; deploy takes `kind: Secret`"
            raise wrong(found.place, "is a SopsSecret", hint)
        yield found


def _wanted(document: Document, found: _Found, target: Target, unpinned: bool) -> Wanted:
    _check_shape(document, found)
    name, namespace = found.text("metadata", "name"), found.text("metadata", "namespace") or target.namespace
    if not name:
        raise wrong(found.place, "the Secret has no name", "give it `metadata: {name: …}`")
    check_name(name, _place(document, found, "metadata", "name"))
    if ("metadata", "namespace") in found.values:
        check_namespace(namespace, _place(document, found, "metadata", "namespace"))
    if namespace not in target.all_namespaces:
        hint = f"add it to `namespaces` of the target {target.name}, if it is meant"
        place = _place(document, found, "metadata", "namespace")
        raise wrong(place, f"the namespace {namespace} is not one of the target's", hint)
    return Wanted(
        namespace=namespace,
        name=name,
        type=found.text("type") or "Opaque",
        place=found.place,
        entries=_entries(document, found, unpinned),
        labels=_names(document, found, "labels"),
        annotations=_names(document, found, "annotations"),
        immutable=found.text("immutable") in ("true", "True"),
    )


def _check_shape(document: Document, found: _Found) -> None:
    """Raises SealwardError for a field that would be passed over in silence."""
    for path, value in found.values.items():
        place = place_of(document, value.leaf)
        if path and path[0] not in _TOP:
            raise wrong(place, f"a Secret has no field {path[0]!r}", f"there are: {', '.join(_TOP)}")
        if path[:1] == ("metadata",) and len(path) > 1 and path[1] not in _METADATA:
            what = "is the server's own" if path[1] in _OF_THE_SERVER else "is not deployed"
            raise wrong(place, f"`metadata.{path[1]}` {what}", "remove it from the manifest")
        if path[:1] in (("data",), ("stringData",)) and len(path) > 2:
            raise wrong(place, "is not one text", "a key of a Secret has a text; nested values go in quotes")


def _entries(document: Document, found: _Found, unpinned: bool) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for field, read_as in (("data", values.encoded_entry), ("stringData", values.entry)):
        for key, value in found.below(field):
            place = place_of(document, value.leaf)
            check_key(key, place)
            if key in entries:
                raise wrong(
                    place, f"the key {key} stands under both `data` and `stringData`", "keep one of them"
                )
            if value.plaintext is None or value.kind in ("null", "empty"):
                raise wrong(place, "is empty", "give it a value, or remove the key")
            if value.kind != "str":
                kind = {"int": "a number", "float": "a number", "bool": "true or false", "time": "a time"}
                reason = f"is {kind.get(value.kind, 'no text')}, which a Secret cannot hold"
                raise wrong(place, reason, "put it in quotes (`sops edit`)")
            entries[key] = read_as(place, value.plaintext.text(), unpinned=unpinned)
    return entries


def _names(document: Document, found: _Found, field: str) -> dict[str, str]:
    """Labels or annotations. Raises SealwardError for one that is ours to write."""
    names: dict[str, str] = {}
    for name, value in found.below("metadata", field):
        place = place_of(document, value.leaf)
        if name.startswith(DOMAIN) or name == KEPT_BY_KUBECTL or value.plaintext is None:
            raise wrong(place, f"{name} is not to be set by hand", "remove it from the manifest")
        if value.kind in ("null", "empty"):
            continue
        names[name] = values.as_text(value.kind, value.plaintext.text()) or ""
    return names


def _place(document: Document, found: _Found, *steps: str) -> Place:
    value = found.values.get(steps)
    return found.place if value is None else place_of(document, value.leaf)
