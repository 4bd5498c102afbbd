"""Text that was meant as a reference, and that no tool reads as one: what is wrong, and the right form.

Nothing is said of what a tool documents, of paths that something else fills in first, nor of engines whose
paths only the server knows. No form is suggested that names another secret than the text does.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sealward.patterns import late
from sealward.references.argocd import OTHER_BACKENDS
from sealward.references.reference import as_read, segments, version_of
from sealward.references.syntax import decoded, is_ciphertext, read

_LOOKS = re.compile(
    r"\s*(?:\$\{\s*>{0,2}(?:vault|bao)\s*:|<path:|(?:>>)?(?:vault|bao)\s*:|(?:secret)?ref\+(?:vault|openbao)\s*:)",
    re.IGNORECASE,
)
_BROKEN = late(r"\$\{>{0,2}(?:vault|bao):[^${}\s]*(?:\}|$)|<path:[^#<>\s]*(?:#[^<>\s]*)?>")
_BANK = late(r"(?P<open>\$\{)?(?P<scheme>>{0,2}(?:vault|bao)\s*:)(?P<rest>.*?)(?P<close>\})?", re.IGNORECASE)
_PATH = late(r"(?P<scheme><path:)(?P<rest>[^<>|]*)(?P<more>\|[^<>]*)?(?P<close>>)?", re.IGNORECASE)
_VALS = late(
    r"(?P<scheme>(?:secret)?ref\+(?:vault|openbao)):(?P<slashes>/*)(?P<where>[^#?+]+)"
    r"(?:\?(?P<query>[^#+]*))?(?P<rest>#[^+]*)?",
    re.IGNORECASE,
)
_SEGMENTS = late(r"[\w.@~+-]+(?: [\w.@~+-]+)*(?:/[\w.@~+-]+(?: [\w.@~+-]+)*)+")
_NOT_A_NUMBER = "has a version that is not a number from 1"
NO_DATA = "lacks `data/` after its mount (KV v2)"


class Malformed(NamedTuple):
    """What is wrong, as a clause, and how the reference should read (``KEY`` where nobody can know)."""

    problem: str
    suggestion: str


def nearly(text: str) -> Malformed | None:
    """What is wrong with a text that was meant as a reference; None where it is one, or was not meant so.

    ``vault: my password`` was not: without a path there is nothing to fix.
    """
    found = read(text)
    for match in found:
        if match.problem:
            return Malformed(match.problem, match.right)
    if found or is_ciphertext(text):
        return None
    text = decoded(text) or text
    wrong = _whole(text.strip()) if _LOOKS.match(text) else _inside(text)
    return wrong if wrong is not None and wrong.suggestion != text else None


def _inside(text: str) -> Malformed | None:
    """The first form in a text that is marked as a reference and is not read as one."""
    if "${" not in text and "<path:" not in text:
        return None
    return next((wrong for found in _BROKEN.finditer(text) if (wrong := _whole(found.group()))), None)


def _whole(text: str) -> Malformed | None:
    return _vals(text) or _bank(text) or _path(text)


def _bank(text: str) -> Malformed | None:
    match = _BANK.fullmatch(text)
    if match is None:
        return None
    scheme = "".join(match["scheme"].split()).lower()
    braces = match["open"] is not None
    found = _value(match["rest"] if braces else match["rest"] + (match["close"] or ""))
    if found is None:
        return None
    problem, value = found
    suggestion = f"${{{scheme}{value}}}" if braces else f"{scheme}{value}"
    if braces and not match["close"]:
        return Malformed("lacks its closing brace", suggestion)
    if match["scheme"] != scheme:
        blanks = match["scheme"].lower() != scheme
        problem = problem or ("has stray blanks" if blanks else "has capitals in its scheme")
    return Malformed(problem, suggestion) if problem else None


def _value(rest: str) -> tuple[str, str] | None:
    """What is wrong with ``PATH#KEY#VERSION``, and how it reads; nothing wrong where only what stands
    around it may be. None for what was not meant as a path."""
    where, _, key = rest.partition("#")
    where, problem = _path_of(where)
    if not where:
        return None
    key, mark, version = key.partition("#")
    if problem is None:
        return None
    if rest.startswith("//"):
        problem = problem or "is written as a URL"
    location = as_read(where)
    if not key.strip():
        return "names no key", f"{where}#KEY"
    key = key.strip()
    if not mark:
        return problem, f"{where}#{key}"
    version = version.strip()
    if location is not None and location.engine != "kv2":
        if version_of(version) is None:
            return None
        if location.engine == "issuing" or _is_other_engine(where):
            return "pins a version, and its engine has none", f"{where}#{key}"
        mount, _, path = where.partition("/")
        where, problem = f"{mount}/data/{path}", NO_DATA
    if version_of(version) is None:
        digits = re.fullmatch(r"[^\W\d_]*0*([1-9][0-9]{0,9})", version)
        return _NOT_A_NUMBER, f"{where}#{key}#{digits[1] if digits else 'VERSION'}"
    return problem, f"{where}#{key}#{version}"


def _is_other_engine(where: str) -> bool:
    return where.split("/", 1)[0] in ("pki", "transit", "cubbyhole", "identity", "sys", "auth", "totp", "ssh")


def _path_of(text: str) -> tuple[str, str | None]:
    """A path as it should read, and what was wrong with it; an empty one where there is none."""
    where = text.strip().strip("/")
    if not _SEGMENTS.fullmatch(where) or " " in where.split("/", 1)[0]:
        return "", None
    problem = "has stray blanks" if text != text.strip() else ""
    steps = where.split("/")
    kept = [step for step in steps if step not in (".", "..")]
    if kept != steps:
        return "/".join(kept) if len(kept) > 1 else "", "has `.` or `..` in its path"
    return where, problem


def _path(text: str) -> Malformed | None:
    match = _PATH.fullmatch(text)
    if match is None:
        return None
    rest, pinned = match["rest"].rstrip(), match["rest"].count("#") > 1
    where = rest.partition("#")[0].strip("/ ")
    if pinned and "/data/" not in where and where.startswith(OTHER_BACKENDS):
        return None
    version = rest.rpartition("#")[2].strip()
    if pinned and "/data/" not in where and version_of(version) is None:
        return None
    found = _value(rest)
    if found is None:
        return None
    problem, value = found
    suggestion = f"<path:{value}{' ' + match['more'] if match['more'] else ''}>"
    if not match["close"]:
        return Malformed(problem or "lacks its closing bracket", suggestion)
    return Malformed(problem, suggestion) if problem else None


def _vals(text: str) -> Malformed | None:
    match = _VALS.fullmatch(text)
    if match is None:
        return None
    where, problem = _path_of(match["where"])
    if not where or problem is None:
        return None
    scheme, query, key = match["scheme"].lower(), match["query"], (match["rest"] or "").lstrip("#/")
    key, _, late_query = key.partition("?")
    options = [one for one in (query or "").split("&") + late_query.split("&") if one]
    numbers = [one for one in options if one.startswith("version=")]
    if any(version_of(one[8:]) is None for one in numbers):
        problem = problem or _NOT_A_NUMBER
        options = [one if one not in numbers or version_of(one[8:]) else "version=VERSION" for one in options]
    elif late_query:
        problem = problem or "has its options behind its key, where vals does not look"
    if not key:
        problem, key = problem or "names no key", "KEY"
    if match["slashes"] != "//" and match["slashes"] != "///":
        problem = problem or "lacks the slashes of its scheme"
    if match["scheme"] != scheme:
        problem = problem or "has capitals in its scheme"
    queried = f"?{'&'.join(options)}" if options else ""
    suggestion = f"{scheme}://{where}{queried}#/{key.strip()}"
    return Malformed(problem, suggestion) if problem and segments(where) else None
