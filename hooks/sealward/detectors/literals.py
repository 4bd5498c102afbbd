"""Whether a literal text, under its key, is a secret: what a bot's team would really leak, and no more.

Three ways to be one: a shape that is known (a JWT, a seed phrase, a Slack webhook), a key's name that
announces one (``db_password``), or text that was drawn at random and is nothing public (no digest,
address, UUID or icon).
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode

from sealward.detectors.key_names import names_public, names_secret, names_wealth, words_of
from sealward.detectors.placeholders import is_harmless
from sealward.detectors.public_text import is_public, only_a_name
from sealward.detectors.randomness import MIN_CHARACTERS, is_hex, is_random
from sealward.detectors.tokens import known_token
from sealward.detectors.wallets import is_address, is_hex_key, wallet_secret
from sealward.patterns import late

MAX_CHARACTERS = 200_000
"""Of a longer text only the beginning is judged."""

_ASSIGNMENT = late(
    r"^[ \t]*(?:export[ \t]+|-[ \t]+)?[\"']?(?P<key>[A-Za-z][\w. -]{0,60}?)[\"']?"
    r"[ \t]*(?::|=>?)[ \t]*(?P<value>[^\n]+?)[ \t,]*$",
    re.MULTILINE,
)
_WORD = late(r"[^\s\"'`<>(){}\[\],;]{16,}")
_BASE64 = late(r"[A-Za-z0-9+/]{16,}={0,2}")
_RUN = late(r"[A-Za-z0-9]{16,}")
_SYMBOLS = late(r"[^A-Za-z0-9]")
_TICKER = late(r"[A-Za-z]{1,10}\d?(?:[/.-][A-Za-z]{1,10})?")
_RPC = frozenset(("rpc", "webhook", "webhooks", "node", "provider", "ws", "wss", "hook"))
_PASSWORDS = frozenset(("password", "passwd", "passphrase", "pwd", "pass", "pw", "pin"))
_GENERIC = frozenset(("secret", "secrets", "credentials", "credential", "creds", "auth", "stringdata"))
_SORTING = frozenset(
    ("public", "primary", "foreign", "partition", "sort", "cache", "idempotency", "map", "dedup", "group")
)


def secret_in(text: str, path: tuple[str | int, ...] = (), kind: str = "str") -> str | None:
    """What secret a value is, in words that fit after "holds" (``a JWT``); None where it is none.

    ``path`` is its key path, ``kind`` its type. A reference, a placeholder and a template are none.
    """
    keys = [step for step in path if isinstance(step, str)]
    key = keys[-1] if keys else ""
    text = text[:MAX_CHARACTERS].strip()
    if kind in ("bool", "null", "empty", "time") or not text or is_harmless(text):
        return None
    if kind in ("int", "float"):
        return _number(text, key)
    if "\n" in text and not text.startswith("-----BEGIN"):
        return known_token(text) or wallet_secret(text) or _in_lines(text)
    return known_token(text) or wallet_secret(text) or _by_name(text, keys) or _by_chance(text, key)


def secret_in_base64(text: str, path: tuple[str | int, ...] = ()) -> str | None:
    """The same for a value of a Kubernetes Secret's ``data``: its decoded text is judged."""
    decoded = _decoded(text)
    if decoded is None:
        return secret_in(text, path)
    return secret_in(decoded.decode(), path) if _is_text(decoded) else _by_chance(text.strip(), "")


def _number(text: str, key: str) -> str | None:
    """A number is harmless but where the key says password or PIN and there are digits enough for one."""
    if names_secret(key) and _PASSWORDS & set(words_of(key)) and text.isdecimal() and len(text) >= 4:
        return "a literal password"
    return None


def _by_name(text: str, keys: list[str]) -> str | None:
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


def _by_chance(text: str, key: str) -> str | None:
    """Text drawn at random under a key that says nothing."""
    if " " in text or "\t" in text:
        return _in_lines(text)
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


def _in_lines(text: str) -> str | None:
    """A secret inside a longer text: an assignment in a configuration file, or a random word."""
    for match in _ASSIGNMENT.finditer(text):
        value = match["value"].strip("\"'`")
        if not is_harmless(value) and _by_name(value, [match["key"].strip()]) and " " not in value:
            return "a line with a secret"
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
