"""Which type a plain YAML scalar has, as sops's parser (go-yaml v3) resolves it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.patterns import late

if TYPE_CHECKING:
    from sealward.document.model import Kind

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLS = frozenset(("true", "True", "TRUE", "false", "False", "FALSE"))
_SPECIAL_FLOATS = frozenset(
    sign + name
    for sign, names in (
        ("", (".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN")),
        ("+", (".inf", ".Inf", ".INF")),
    )
    for name in names
) | {"-.inf", "-.Inf", "-.INF"}
_INT = re.compile(r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)")
_FLOAT = late(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?")
_TIME = late(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:(?:[Tt]|[ ]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[-+][0-9]{1,2}:[0-9]{2})?)?"
)
_TAGS: dict[str, Kind] = {
    "tag:yaml.org,2002:str": "str",
    "tag:yaml.org,2002:int": "int",
    "tag:yaml.org,2002:float": "float",
    "tag:yaml.org,2002:bool": "bool",
    "tag:yaml.org,2002:null": "null",
    "tag:yaml.org,2002:timestamp": "time",
    "tag:yaml.org,2002:binary": "binary",
}
_FIRST = frozenset("0123456789+-.~nNtTfF")


def kind_of(text: str, plain: bool, tag: str | None) -> Kind | None:
    """The kind of a scalar: ``plain`` says that it is neither quoted nor a block; ``tag`` is explicit.

    None is text under a tag of YAML's own that it does not fit (``!!null hunter2``): go-yaml makes null
    of it, and the text stays in the file.
    """
    if tag and tag != "!":
        kind = _TAGS.get(tag)
        if kind is None:
            return "tag"
        return kind if _fits(text, kind) else None if text else "null"
    return _plain_kind(text) if plain else "str"


def _fits(text: str, kind: Kind) -> bool:
    if kind == "str":
        return True
    if kind == "binary":
        from base64 import b64decode

        try:
            return bool(b64decode(text.replace("\n", "").replace("\r", ""), validate=True)) or not text
        except ValueError:
            return False
    own = _plain_kind(text)
    return own == kind or (kind == "float" and own == "int")


def _plain_kind(text: str) -> Kind:
    if not text:
        return "null"
    if text[0] not in _FIRST:
        return "str"
    if text in _NULLS:
        return "null"
    if text in _BOOLS:
        return "bool"
    if text in _SPECIAL_FLOATS:
        return "float"
    if _TIME.fullmatch(text):
        return "time"
    if _INT.fullmatch(text):
        return "float" if _is_decimal_with_leading_zero(text) else "int"
    return "float" if _FLOAT.fullmatch(text) and _fits_float(text) else "str"


def _is_decimal_with_leading_zero(text: str) -> bool:
    """``012`` is octal for go-yaml, but ``089`` cannot be and is read as a float."""
    digits = text.lstrip("+-").replace("_", "")
    return len(digits) > 1 and digits[0] == "0" and digits.isdigit() and not set(digits) <= set("01234567")


def _fits_float(text: str) -> bool:
    """A literal beyond float64 stays a string for go-yaml (strconv reports it out of range)."""
    return float(text.replace("_", "")) not in (float("inf"), float("-inf"))
