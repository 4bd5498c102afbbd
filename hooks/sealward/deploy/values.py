"""A value of a sealed file → its pieces: literals, and references that can be deployed."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from sealward.deploy.wanted import Entry, pin, wrong
from sealward.plaintext import Plaintext
from sealward.references.syntax import read

if TYPE_CHECKING:
    from sealward.document import Kind
    from sealward.finding import Place
    from sealward.references.reference import Match
    from sealward.references.syntax import Reference

_AS_TEXT = ("str", "int", "float", "bool", "time", "tag", "binary")


def entry(place: Place, text: str, *, unpinned: bool = False) -> Entry:
    """The pieces of one value. ``unpinned`` allows references without a pin.

    Raises SealwardError for an empty value, and for a reference that cannot be deployed.
    """
    if not text:
        raise wrong(place, "is empty", "give it a value, or remove the key")
    pieces: list[Plaintext | Reference] = []
    end = 0
    for match in _direct(text):
        if match.start > end:
            pieces.append(Plaintext(_bytes(text[end : match.start])))
        pieces.append(_checked(place, match, text, unpinned))
        end = match.end
    if text[end:]:
        pieces.append(Plaintext(_bytes(text[end:])))
    return Entry(place, tuple(pieces), len(pieces) > 1 and _is_json(text))


def encoded_entry(place: Place, text: str, *, unpinned: bool = False) -> Entry:
    """The same for a value under ``data``: Base64 of it, or a reference itself, which some tools take there.

    Raises SealwardError for what is neither.
    """
    if not text:
        raise wrong(place, "is empty", "give it a value, or remove the key")
    if _direct(text):
        return entry(place, text, unpinned=unpinned)
    try:
        raw = b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise wrong(place, "is not Base64", "write plain text under `stringData`") from None
    try:
        return entry(place, raw.decode(), unpinned=unpinned)
    except UnicodeDecodeError:
        return Entry(place, (Plaintext(raw),))


def as_text(kind: Kind, text: str) -> str | None:
    """A value of configuration as the text that an environment gets; None for what has none (null, empty)."""
    if kind not in _AS_TEXT:
        return None
    return text.lower() if kind == "bool" else text


def _direct(text: str) -> list[Match]:
    """The references that stand in a text itself, not in what it might be Base64 of."""
    return read(text) if "vault:" in text or "bao:" in text or "<path:" in text or "{{" in text else []


def _is_json(text: str) -> bool:
    """Whether references stand in a JSON object (a Docker configuration): their values are escaped there."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    import json

    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _checked(place: Place, match: Match, text: str, unpinned: bool) -> Reference:
    """The one reference of a match, if its value can be read as it stands."""
    one = match.references[0]
    if match.problem:
        raise wrong(place, f"the reference {match.problem}", f"write {match.right or 'it plainly'}")
    if one.syntax == "template":
        hint = "refer to the value itself (vault:MOUNT/data/PATH#KEY#VERSION)"
        raise wrong(place, "is a template, which Vault Agent fills in", hint)
    if len(match.references) > 1 or not one.key or "${" in text[match.start + 2 : match.end]:
        raise wrong(
            place, f"the reference to {one.secret} computes a value", "refer to one key of the secret"
        )
    if "|" in text[match.start : match.end] and one.syntax == "argocd":
        raise wrong(place, f"the reference to {one.secret} has a modifier", "refer to the value as it is")
    if text.startswith(">>", match.start) or text.startswith("${>", match.start):
        raise wrong(place, f"the reference to {one.secret} writes to Vault", "refer to a value (vault:…)")
    check_engine(place, one)
    if one.is_versioned and one.version is None and not unpinned:
        hint = "pin it (add #VERSION), or take the newest this once with --allow-unpinned"
        raise wrong(place, f"{pin(one)} has no pin, so nobody knows what would be deployed", hint)
    return one


def check_engine(place: Place, one: Reference) -> None:
    """Raises SealwardError for a reference to what has no versions, or makes a credential at each reading."""
    if one.is_dynamic and not is_static(one):
        hint = (
            "its lease would end under whoever uses it: let Vault Agent or the External Secrets Operator"
            " fetch it on the cluster"
        )
        raise wrong(place, f"{one.secret} makes a new credential at each reading", hint)
    if one.engine == "other":
        hint = "keep it in a KV version 2 mount (vault:MOUNT/data/PATH#KEY#VERSION)"
        raise wrong(place, f"{one.secret} has no versions that a pin could name", hint)


def is_static(reference: Reference) -> bool:
    """Whether it is a database login whose password Vault changes on a schedule."""
    return reference.is_dynamic and reference.path.partition("/")[0] in ("static-creds", "static-cred")
