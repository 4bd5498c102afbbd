"""Whether a literal text, under its key, is a secret: what a bot's team would really leak, and no more.

Three ways to be one: a shape that is known (a JWT, a seed phrase, a Slack webhook), a key's name that
announces one (``db_password``), or text that was drawn at random and is nothing public (no digest,
address, UUID or icon).
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from typing import TYPE_CHECKING

from sealward.detectors.key_names import names_public, names_secret, names_wealth, words_of
from sealward.detectors.placeholders import is_harmless
from sealward.detectors.public_text import is_public, only_a_name
from sealward.detectors.published import without_ciphertext
from sealward.detectors.randomness import MIN_CHARACTERS, is_hex, is_random, wordiness
from sealward.detectors.tokens.search import known_token
from sealward.detectors.wallets import is_address, is_hex_key, wallet_secret
from sealward.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARACTERS = 200_000
"""Of a longer text only the beginning is searched for what has no known shape."""

_ASSIGNMENT = late(
    r"^[ \t]*(?:export[ \t]+|-[ \t]+)?[\"']?(?P<key>[A-Za-z][\w. -]{0,60}?)[\"']?"
    r"[ \t]*(?::|=>?)[ \t]*(?P<value>[^\n]+)",
    re.MULTILINE,
)
_TAG = late(r"![A-Za-z]\w*[ \t]+(?=\S)")
_WORD = late(r"[^\s\"'`<>(){}\[\],;]{16,}")
_BASE64 = late(r"[A-Za-z0-9+/]{16,}={0,2}")
_RUN = late(r"[A-Za-z0-9]{16,}")
_SYMBOLS = late(r"[^A-Za-z0-9]")
_TICKER = late(r"[A-Za-z]{1,10}\d?(?:[/.-][A-Za-z]{1,10})?")
_SAYINGS = {
    "null": frozenset(("", "~", "null", "none", "nil")),
    "bool": frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "1", "0")),
    "empty": frozenset(("", "{}", "[]")),
}
_NUMBERS = {
    "int": late(r"[-+]?[0-9][0-9a-fA-FxXoO_]*"),
    "float": late(r"(?i)[-+]?(?:\.inf|\.?nan|inf|[0-9_]*\.?[0-9_]*(?:e[-+]?[0-9]+)?)"),
    "time": late(r"[0-9]{4}-[0-9][-0-9TtZz:+. ]*"),
}
_RPC = frozenset(("rpc", "webhook", "webhooks", "node", "provider", "ws", "wss", "hook"))
_PASSWORDS = frozenset(("password", "passwd", "passphrase", "pwd", "pass", "pw", "pin"))
_GENERIC = frozenset(("secret", "secrets", "credentials", "credential", "creds", "auth", "stringdata"))
_STATES = (("credentials",), ("credential",), ("creds",), ("auth",))
"""Keys that may as well say how it stands with them: ``credentials: provisioned``."""

_SORTING = frozenset(
    ("public", "primary", "foreign", "partition", "sort", "cache", "idempotency", "map", "dedup", "group")
)


def in_value(text: str, path: tuple[str | int, ...] = (), kind: str = "str") -> str | None:
    """What secret a value is, in words that fit after "holds" (``a JWT``); None where it is not one.

    ``path`` is its key path, ``kind`` its type. A reference, a placeholder and a template are not secrets.
    """
    keys = [step for step in path if isinstance(step, str)]
    key = keys[-1] if keys else ""
    text = without_ciphertext(text).strip()
    kind = kind if is_of_kind(text, kind) else "str"
    if kind in ("bool", "null", "empty", "time") or not text or is_harmless(text):
        return None
    if kind in ("int", "float"):
        return _number(text, key)
    found = known_token(text) or wallet_secret(text) or _in_json(text)
    text = text[:MAX_CHARACTERS]
    if found or ("\n" in text and not text.startswith("-----BEGIN")):
        return found or in_lines(text)
    tag = _TAG.match(text)  # one that is no placeholder: what stands behind it is the value
    return by_name(text[tag.end() :] if tag else text, keys) or by_chance(text, key)


def in_base64(text: str, path: tuple[str | int, ...] = ()) -> str | None:
    """The same for a value of a Kubernetes Secret's ``data``: its decoded text is judged."""
    decoded = _decoded(text)
    if decoded is None:
        return in_value(text, path)
    return in_value(decoded.decode(), path) if _is_text(decoded) else by_chance(text.strip(), "")


def is_of_kind(text: str, kind: str) -> bool:
    """Whether a text is what its type says: ``!!null hunter2`` is not null, whoever wrote the tag."""
    if kind in _SAYINGS:
        return text.lower() in _SAYINGS[kind]
    shape = _NUMBERS.get(kind)
    return shape is None or shape.fullmatch(text) is not None


def _in_json(text: str) -> str | None:
    """A secret in a document within a value, as ``kubectl apply`` keeps the last one in an annotation."""
    if not text.startswith(("{", "[")) or not text.endswith(("}", "]")):
        return None
    import json

    try:
        return next((found for found in map(_in_entry, _entries(json.loads(text))) if found), None)
    except (ValueError, RecursionError):
        return None


def _entries(root: object) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Every text in parsed JSON with its last two keys, and whether it is data of a Kubernetes Secret."""
    waiting: list[tuple[object, tuple[str, ...], bool]] = [(root, (), False)]
    while waiting:
        node, path, is_data = waiting.pop()
        if isinstance(node, dict):
            is_secret = node.get("kind") == "Secret"
            for key, value in node.items():
                waiting.append((value, (*path[-1:], str(key)), is_data or (is_secret and key == "data")))
        elif isinstance(node, list):
            waiting += [(value, path, is_data) for value in node]
        elif isinstance(node, str):
            yield node, path, is_data


def _in_entry(entry: tuple[str, tuple[str, ...], bool]) -> str | None:
    text, path, is_data = entry
    return in_base64(text, path) if is_data else in_value(text, path)


def _number(text: str, key: str) -> str | None:
    """A number is harmless but where the key says password or PIN and there are digits enough for one."""
    if names_secret(key) and _PASSWORDS & set(words_of(key)) and text.isdecimal() and len(text) >= 4:
        return "a literal password"
    return None


def by_name(text: str, keys: list[str]) -> str | None:
    """A text that its key's name, or the one above, announces as a secret."""
    key, parent = (["", "", *keys])[:-3:-1]
    if names_secret(key):
        if _is_credential(text, key):
            return "a literal under a key that names a secret"
    elif key and not names_public(key) and names_secret(parent):
        generic = bool(_GENERIC & set(words_of(parent)[-1:]))
        if looks_generated(text) if generic else _is_credential(text, parent):
            return "a literal under a key that names a secret"
    return None


def _is_credential(text: str, key: str) -> bool:
    """Whether a text may be the secret that its key's name announces, and not a word about it."""
    words = words_of(key)
    strict = bool(_PASSWORDS & set(words)) and words[-1:] != ("key",)
    if len(text) < 3 or only_a_name(text, strict=strict):
        return False
    if strict and text.isdecimal():
        return len(text) >= 4
    if "://" in text:
        return bool(_RPC & set(words_of(key))) and _has_random_run(text.partition("://")[2])
    if words[-1:] in _STATES and text.isalpha() and wordiness(text) > 0.6:
        return False
    if names_wealth(key) and (is_address(text) or _TICKER.fullmatch(text)):
        return False
    return (not (is_public(text) and not _may_be_key(text)) and " " not in text.strip()[:40]) or _is_phrase(
        text, key
    )


def _may_be_key(text: str) -> bool:
    """UUIDs and digests are public elsewhere; under ``api_key`` they are how many services make keys."""
    return len(_SYMBOLS.sub("", text)) >= 16 and not text.startswith(
        ("ssh-", "data:", "sha", "age1", "0x", "-----", "/")
    )


def _is_phrase(text: str, key: str) -> bool:
    """Words with blanks: a passphrase where the key says so, else prose about a secret."""
    words = set(words_of(key))
    return (
        " " in text
        and bool(words & {"passphrase", "mnemonic", "seed", "phrase", "password"})
        and len(text) < 300
    )


def looks_generated(text: str) -> bool:
    """Whether a password was made by a generator, or by somebody who tried to look like one."""
    kinds = sum(bool(re.search(pattern, text)) for pattern in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))
    if len(text) < 8 or " " in text or is_public(text) or only_a_name(text, strict=False):
        return False
    return (kinds >= 3 and any(c.isdigit() for c in text)) or _has_random_run(text)


def by_chance(text: str, key: str) -> str | None:
    """Text drawn at random under a key that says nothing."""
    if " " in text or "\t" in text:
        return in_lines(text)
    if len(text) < MIN_CHARACTERS or names_public(key):
        return None
    if is_hex_key(text):
        return "32 bytes in hexadecimal, as a private key has them"
    words = words_of(key)
    if words[-1:] == ("key",) and not _SORTING & set(words) and is_hex(text) and len(text) >= 32:
        return "a key in hexadecimal"
    if is_public(text) or ("://" in text and not _RPC & set(words)):
        return None
    if is_hex(text):
        return "a long random value in hexadecimal" if len(text) >= 48 else None
    return "a long random value" if _has_random_run(text) else None


def _has_random_run(text: str) -> bool:
    """Whether any long run of letters and digits is random, or all of it, as URL-safe Base64 has it."""
    if any(is_random(run) and not is_hex(run) for run in _RUN.findall(text)):
        return True
    joined = _SYMBOLS.sub("", text)
    few = (len(text) - len(joined)) * 6 <= len(text)
    return few and len(joined) >= 20 and is_random(joined) and not is_hex(joined) and text.isascii()


def assignments(text: str) -> Iterator[tuple[str, str]]:
    """The key and the value of each line that has such, quotes taken off."""
    for match in _ASSIGNMENT.finditer(text):
        yield match["key"].strip(), match["value"].rstrip(" \t,").strip("\"'`")


def in_lines(text: str) -> str | None:
    """A secret inside a longer text: an assignment in a configuration file, or a random word."""
    for key, value in assignments(text):
        if " " not in value and by_name(value, [key]) and not is_harmless(value):
            return "a line with a secret"
    return random_word(text)


def random_word(text: str) -> str | None:
    """A word of a text that was drawn at random, and is nothing that anybody may read."""
    for word in _WORD.findall(text):
        value = word.rpartition("=")[2] if "=" in word.rstrip("=") else word
        if not is_public(value) and "://" not in word and "/" not in value[:1] and _has_random_run(value):
            return "a random word in a text"
    return None


def _decoded(text: str) -> bytes | None:
    try:
        return b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _is_text(data: bytes) -> bool:
    try:
        return data.decode().replace("\n", "").replace("\t", "").replace("\r", "").isprintable()
    except UnicodeDecodeError:
        return False
