"""vals' references: ``ref+vault://MOUNT/PATH?version=N#/KEY``, anywhere in a text.

Source: README and ``vals.go`` of helmfile/vals. A reference ends at a ``+``, a blank or a line break. It is
read as a URL: the path may be percent-encoded, KEY may lead into nested values (``#/a/b``), and without one
the path's last segment is the key. vals puts KV v2's ``data/`` in by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.addresses import address_of
from sealward.patterns import late
from sealward.references.reference import Match, Reference, as_kv, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_REFERENCE = late(
    r"(?:secret)?ref\+(?:vault|openbao)://(?P<where>[^#?+\s\"'`<>]*)"
    r"(?:\?(?P<query>[^#+\s\"'`<>]*))?(?:#(?P<key>[^+\s\"'`<>]*))?"
)
_SERVER = late(r"/*(?P<server>[\w.-]+:\d{1,5}|\[[0-9a-fA-F:]+\](?::\d{1,5})?)/(?P<where>.*)")
_TRAILING = '",;)]}'
_ELSEWHERE = late(r"(?:secret)?ref\+(?P<store>[a-z0-9]+)://\S+")
CREDENTIALS = frozenset(("token_file", "token_env", "secret_id", "password_file", "password_env"))
"""Options that name a credential other than the deployment's own."""

LITERAL = {
    "echo": "is what `ref+echo` gives: the text itself",
    "file": "is read from a file of the machine that deploys",
    "exec": "is what a program on the machine that deploys prints",
    "httpjson": "comes from whatever server the text names",
}
"""Providers of vals that are not a store of secrets, and what a value of theirs is."""


class _Option(NamedTuple):
    name: str
    value: str
    start: int
    end: int


def read(text: str, start: int) -> Match | None:
    """The reference that begins here."""
    found = _REFERENCE.match(text, start)
    if found is None:
        return None
    end = found.end()
    embedded = start > 0 or end < len(text)
    while embedded and end > start and text[end - 1] in _TRAILING:
        end -= 1
    where, query, fragment = found["where"], found["query"], found["key"]
    if fragment is not None:
        fragment = fragment[: max(0, end - found.start("key"))]
    options = list(_options(query or "", found.start("query")))
    version_text = next((one for one in options if one.name == "version"), None)
    version = version_of(version_text.value) if version_text else None
    if version_text is not None and version is None:
        return None
    key, late_options = _key(fragment)
    if any(one.name == "version" for one in late_options):
        return None
    server, where = _server(where)
    where = unquote(where)
    if not key and not fragment:
        where, _, key = where.strip("/").rpartition("/")
    location = as_kv(where, pinned=version is not None)
    if location is None or not key or not key.isprintable():
        return None
    given = {one.name: one.value for one in reversed([*options, *late_options])}
    host = f"{given.get('proto') or 'https'}://{given['host']}" if given.get("host") else ""
    reference = location.reference(key, version, "vals")._replace(
        address=given.get("address") or host or server,
        namespace=given.get("namespace", ""),
        options=(
            *(["host"] if server else []),
            *(one.name for one in options if one.name not in ("version", "namespace")),
        ),
    )
    if version_text is not None:
        return Match(
            start=start, end=end, references=(reference,), pin=(version_text.start, version_text.end)
        )
    at = found.end("where") if query is None else found.end("query")
    before = "?version=" if query is None else "&version=" if query else "version="
    return Match(start=start, end=end, references=(reference,), pin=(at, at), before=before)


def unquote(text: str) -> str:
    """Percent-encoding undone."""
    if "%" not in text:
        return text
    from urllib.parse import unquote as undone

    return undone(text)


def elsewhere(text: str) -> str:
    """The provider of vals that a text as a whole refers to (``awssecrets``); empty for anything else."""
    found = _ELSEWHERE.fullmatch(text.strip())
    return found["store"] if found else ""


def is_ignored_address(reference: Reference) -> bool:
    """Whether the server is named behind the key alone, as an older README had it: vals does not look there.

    Its tools send nothing there, and find no such key.
    """
    return bool(reference.address) and not {"address", "host"} & set(reference.options)


def is_local(address: str) -> bool:
    """Whether an address is of the very machine that deploys: an agent or a tunnel of its own."""
    found = address_of(address)
    return found is not None and found.is_local


def _options(query: str, at: int) -> Iterator[_Option]:
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        start = at + len(name) + len(equals)
        if equals:
            yield _Option(name, unquote(value), start, start + len(value))
        at += len(pair) + 1


def _key(fragment: str | None) -> tuple[str, list[_Option]]:
    """The key of the secret (of ``/a/b`` it is ``a``), and options that an older README put behind it."""
    text, mark, query = (fragment or "").partition("?")
    options = list(_options(query, 0)) if mark and "=" in query else []
    return unquote(text.lstrip("#/").split("/", 1)[0]), options


def _server(where: str) -> tuple[str, str]:
    """The server that an older form names before the path (``127.0.0.1:8200/secret/app``)."""
    found = _SERVER.fullmatch(where)
    return (found["server"], found["where"]) if found else ("", where)
