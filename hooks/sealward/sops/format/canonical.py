"""The bytes of a clear value that sops's MAC runs over: the value, not the file's spelling of it.

Source: ``ToBytes`` of sops and the scalar rules of go-yaml v3. ``1_000`` and ``1000``, ``0x1F`` and ``31``
are the same value; every JSON number is a float64.
"""

from __future__ import annotations

import re
from math import isnan
from typing import TYPE_CHECKING

from sealward.patterns import late
from sealward.times import exists

if TYPE_CHECKING:
    from sealward.document import Leaf, Store

_INT64 = range(-(1 << 63), 1 << 63)
_UINT64_END = 1 << 64
_TRUE = frozenset(("true", "True", "TRUE"))
_PREFIXED = late(r"[-+]?0[xXoObB]")
_FLOAT_STYLE = late(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SURROGATE = late("[\ud800-\udfff]")
_TIME = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"(?:(?:(?P<t>[Tt])|[ ]+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2}):(?P<second>[0-9]{1,2})"
    r"(?:\.(?P<fraction>[0-9]+))?(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?)?"
)


def canonical(leaf: Leaf, store: Store) -> bytes | None:
    """What a value that stands in clear adds to the MAC.

    Returns None for what is not hashed at all (null, empty containers). Never raises: a value that
    sops itself would refuse comes back as its text.
    """
    kind, text = leaf.taken_as or leaf.kind, leaf.text
    if kind == "str":
        return encode(text)
    if kind in ("null", "empty"):
        return None
    if kind == "bool":
        return b"True" if text in _TRUE else b"False"
    if kind in ("int", "float"):
        return (json_number(text) if store in ("json", "binary") else yaml_number(text, kind)).encode()
    if kind == "time":
        return encode(go_time(text) or text)
    return _binary(text)


def encode(text: str) -> bytes:
    """UTF-8, as Go has it: a lone surrogate of a JSON escape becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text).encode()


def go_float(value: float) -> str:
    """A float as Go's ``strconv.FormatFloat(value, 'f', -1, 64)``: shortest digits, never an exponent."""
    if isnan(value):
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    digits = repr(value)
    if "e" in digits:
        from decimal import Decimal

        digits = format(Decimal(digits), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def json_number(text: str) -> str:
    """A JSON number: a float64 for sops (up to 3.12; since 3.13 an integer that fits int64 is one)."""
    return go_float(float(text))


def yaml_number(text: str, kind: str) -> str:
    """A YAML integer or float in decimal, as go-yaml reads it (its octal, hex, underscores, ranges)."""
    value = go_int(text)
    if value is not None:
        return str(value) if kind == "int" else go_float(float(value))
    plain = text.replace("_", "")
    if plain.lower().lstrip("+-") in (".inf", ".nan"):
        return go_float(float(plain.replace(".", "")))
    return go_float(float(plain)) if _FLOAT_STYLE.fullmatch(plain) else text


def go_int(text: str) -> int | None:
    """A YAML integer as Go's ``ParseInt(text, 0, 64)`` (or ``ParseUint``) reads it; None out of range.

    A leading ``0`` means octal.
    """
    plain = text.replace("_", "")
    digits = plain.lstrip("+-")
    try:
        if _PREFIXED.match(plain):
            value = int(plain, 0)
        else:
            value = int(plain, 8 if len(digits) > 1 and digits[0] == "0" else 10)
    except ValueError:
        return None
    return value if value in _INT64 or 0 <= value < _UINT64_END else None


def go_time(text: str) -> str | None:
    """A YAML timestamp in RFC 3339; None where it is not one for go-yaml (and so a string).

    With ``T`` a zone is needed, after a space none is allowed.
    """
    match = _TIME.fullmatch(text)
    if match is None or (match["hour"] and bool(match["t"]) != bool(match["zone"])):
        return None
    fields = {name: int(match[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")}
    if not exists(**fields):
        return None
    clock = "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}".format(**fields)
    fraction = (match["fraction"] or "")[:9].rstrip("0")
    zone = match["zone"] or "Z"
    return clock + (f".{fraction}" if fraction else "") + ("Z" if zone[1:] == "00:00" else zone)


def _binary(text: str) -> bytes:
    """``!!binary``: the decoded bytes; Go's base64 skips line ends only."""
    from base64 import b64decode
    from binascii import Error

    try:
        return b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (Error, ValueError):
        return encode(text)
