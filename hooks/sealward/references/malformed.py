"""Text that was meant as a reference and is none: what is wrong with it, and the right form."""

from __future__ import annotations

import re
from typing import NamedTuple

from sealward.patterns import late
from sealward.references.syntax import find_all, parse

_LOOKS = re.compile(r"\s*(?:\$\{|<path:|(?:>>)?(?:vault|bao)\s*:|(?:secret)?ref\+vault:)", re.IGNORECASE)
_BANK = late(r"(?P<scheme>(?:>>)?(?:vault|bao):)(?://)?(?P<where>[^#\s]+)(?P<rest>#.*)?", re.ASCII)
_PATH = late(r"<path:(?P<where>[^#\s>]+)(?P<rest>#[^>]*)?>?", re.ASCII)
_VALS = late(r"(?P<scheme>(?:secret)?ref\+vault:)/*(?P<where>[^#?\s]+)(?P<query>\?[^#\s]*)?(?P<rest>#.*)?")
_SEGMENTS = late(r"/?[\w.@~+-]+(?:/[\w.@~+-]+)+/?", re.ASCII)


class Malformed(NamedTuple):
    """What is wrong, as a clause, and how the reference should read (``KEY`` where nobody can know)."""

    problem: str
    suggestion: str


def nearly(text: str) -> Malformed | None:
    """What is wrong with a text that was meant as a reference; None where it is one, or was not meant so.

    ``vault: my password`` was not: without a path there is nothing to mend.
    """
    if not _LOOKS.match(text) or parse(text) is not None or find_all(text):
        return None
    tight = "".join(text.split())
    if parse(tight) is not None:
        return Malformed("has stray blanks", tight)
    if tight != text and not _SEGMENTS.search(text.strip()):
        return None
    lower = re.sub(r"^(\$\{|<)?([A-Za-z+>]+):", lambda match: match.group().lower(), tight)
    inner = lower.removeprefix("${").removesuffix("}")
    found = _vals(inner) or _bank(inner) or _path(inner)
    if found is None:
        return None
    suggestion = f"${{{found.suggestion}}}" if lower.startswith("${") else found.suggestion
    if lower != tight and parse(lower) is not None:
        return Malformed("has capitals in its scheme", lower)
    if lower.startswith("${") and not lower.endswith("}"):
        return Malformed("lacks its closing brace", suggestion)
    return Malformed(found.problem, suggestion)


def _bank(text: str) -> Malformed | None:
    match = _BANK.fullmatch(text)
    if match is None or not _SEGMENTS.fullmatch(match["where"]):
        return None
    where, moved = _with_data(match["where"])
    rest, problem = _key_and_version(match["rest"])
    if "://" in text:
        problem = problem or "is written as a URL"
    return Malformed(problem or moved or "is not well-formed", f"{match['scheme']}{where}{rest}")


def _path(text: str) -> Malformed | None:
    match = _PATH.fullmatch(text)
    if match is None or not _SEGMENTS.fullmatch(match["where"]):
        return None
    where, moved = _with_data(match["where"])
    rest, problem = _key_and_version(match["rest"])
    problem = problem or moved or ("" if text.endswith(">") else "lacks its closing bracket")
    return Malformed(problem or "is not well-formed", f"<path:{where}{rest}>")


def _vals(text: str) -> Malformed | None:
    match = _VALS.fullmatch(text)
    if match is None or not _SEGMENTS.fullmatch(match["where"]):
        return None
    query = re.sub(r"version=(?![1-9]\d*(?:&|$))[^&]*", "version=VERSION", match["query"] or "")
    where, dotted = _without_dots(match["where"])
    problem = dotted or ("" if query == (match["query"] or "") else "has a version that is no number from 1")
    key = (match["rest"] or "").lstrip("#/")
    problem = problem or ("" if key else "names no key")
    return Malformed(
        problem or "is not well-formed",
        f"{match['scheme']}//{where}{query}#/{key or 'KEY'}",
    )


def _with_data(where: str) -> tuple[str, str]:
    """The path with KV v2's ``data/`` after its mount, and what was wrong without it."""
    where, dotted = _without_dots(where)
    if "/data/" in where:
        return where, dotted
    mount, _, path = where.partition("/")
    return f"{mount}/data/{path}", dotted or "lacks `data/` after its mount (KV v2)"


def _without_dots(where: str) -> tuple[str, str]:
    """The path without the segments `.` and `..`, and what was wrong with them."""
    segments = where.strip("/").split("/")
    kept = [segment for segment in segments if segment not in (".", "..")]
    return "/".join(kept), "" if kept == segments else "has `.` or `..` in its path"


def _key_and_version(rest: str | None) -> tuple[str, str]:
    parts = (rest or "").split("#")[1:]
    key = parts[0] if parts else ""
    if not key:
        return "#KEY", "names no key"
    if len(parts) < 2:
        return f"#{key}", ""
    if re.fullmatch(r"[1-9]\d*", parts[1]) and len(parts) == 2:
        return f"#{key}#{parts[1]}", ""
    digits = re.sub(r"\D", "", parts[1]).lstrip("0")
    return f"#{key}#{digits or 'VERSION'}", "has a version that is no number from 1"
