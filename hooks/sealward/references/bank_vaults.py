"""bank-vaults' and secret-init's references: ``vault:PATH#KEY#VERSION``, also as ``${vault:…}`` in a text.

Source: ``pkg/injector`` of bank-vaults/internal. A value is split at the first two ``#``; KEY may be a
template over the secret's keys (``${.user}:${.password}``); behind ``>>vault:`` the third part is what is
written there, as JSON. Inside JSON (a Docker configuration) a value in quotes is read as a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.patterns import late
from sealward.references.reference import Match, as_read, version_of

if TYPE_CHECKING:
    from sealward.references.reference import Location, Syntax

_WHOLE = late(r"(?:>>)?(?:vault|bao):")
_INLINE = late(r"\$\{>{0,2}(?:vault|bao):(?P<body>[^${}\n]*(?:\$\{[^{}$\n]*\}[^${}\n]*)*)\}")
_BARE = late(r"(?:[\w.@~%-]+/)+[\w.@~%-]+#[\w.~-]+(?:#[1-9][0-9]{0,9}(?!\w)|(?![#\w.~-]))")
_QUOTED = {quote: late(rf"[^{quote}\\\n]+(?=\\?{quote})") for quote in "\"'`"}
_TEMPLATE = late(r"\$\{[^{}]*\}")
_TEMPLATE_KEY = late(r"\.([\w-]+)|\bindex\s+\.\s+\"([^\"]+)\"")
_OPENS = frozenset("\"'`=([{,;<>|")
"""What may stand before a value in other text, apart from blanks."""

_PLAIN = late(r"[\w.@~+%/-]+")
INSIDE = "stands inside other text, where no tool reads it"


def whole(text: str) -> Match | None:
    """The reference that a text as a whole is, blanks around it apart."""
    value = text.strip()
    begin = text.find(value)
    scheme = _WHOLE.match(value)
    if scheme is None:
        return None
    start, end = begin + scheme.end(), begin + len(value)
    found = _read(text, begin, start, end, "bank-vaults")
    if found is not None and value != text:
        return found._replace(problem="has stray blanks", right=found.right or value)
    return found


def inline(text: str, start: int) -> Match | None:
    """The ``${vault:…}`` that begins here."""
    found = _INLINE.match(text, start)
    if found is None:
        return None
    value = _read(text, start, *found.span("body"), "inline")
    if value is None:
        return None
    right = f"${{{value.right}}}" if value.right else ""
    return value._replace(start=start, end=found.end(), right=right)


def inside(text: str, start: int, body: int) -> Match | None:
    """The value that begins at ``start``, in other text, what follows its scheme at ``body``."""
    before = text[start - 1] if start else " "
    if before in _QUOTED:
        quoted = _QUOTED[before].match(text, body)
        found = _read(text, start, body, quoted.end(), "bank-vaults") if quoted else None
        if found is not None:
            return found
    bare = _BARE.match(text, body)
    if bare is None or before.isalnum() or text[body : body + 20].split("/", 1)[0].isdecimal():
        return None
    found = _read(text, start, body, bare.end(), "bank-vaults")
    if found is None or found.references[0].engine != "kv2" or text.startswith("//", start - 2):
        return None
    if before in _OPENS or before.isspace():
        return found
    return found._replace(problem=INSIDE, right=f"${{{text[start : found.end]}}}")


def _read(text: str, start: int, body: int, end: int, syntax: Syntax) -> Match | None:
    parts = text[body:end].split("#", 2)
    if len(parts) == 1:
        return None
    where, key, *rest = (part.strip() for part in parts)
    location = as_read(where)
    if (
        where.startswith("//")
        or location is None
        or not key
        or not key.isprintable()
        or not _is_plain(location, where, key)
    ):
        return None
    version = version_of(rest[0]) if rest else None
    writes = text.startswith(">>", start + (2 if syntax == "inline" else 0))
    if rest and version is None and not (writes and rest[0].startswith("{")):
        return None
    if version is not None and location.engine != "kv2":
        return None
    references = tuple(location.reference(one, version, syntax) for one in _keys(key))
    pin = _span(text, parts[2], end) if version is not None else (end, end)
    problem, right = "", ""
    if parts != [where, key, *rest]:
        problem, right = "has stray blanks", text[start + (2 if syntax == "inline" else 0) : body]
        right += "#".join((where, key, *rest))
    return Match(
        start=start,
        end=end,
        references=references,
        pin=pin,
        before="" if version is not None else "#",
        problem=problem,
        right=right,
    )


def _is_plain(location: Location, where: str, key: str) -> bool:
    """Whether a path without KV v2's ``data/`` can only be meant as one: prose has blanks."""
    if location.engine == "kv2":
        return True
    return _PLAIN.fullmatch(where) is not None and (" " not in key or "${" in key)


def _span(text: str, last: str, end: int) -> tuple[int, int]:
    begin = end - len(last.lstrip())
    return begin, begin + len(last.strip())


def _keys(key: str) -> tuple[str, ...]:
    """The keys that a reference reads: one, or those of its template; an empty one where nobody can say."""
    if "${" not in key:
        return (key,)
    found = [
        field or index
        for template in _TEMPLATE.findall(key)
        for field, index in _TEMPLATE_KEY.findall(template)
    ]
    return tuple(dict.fromkeys(found)) or ("",)
