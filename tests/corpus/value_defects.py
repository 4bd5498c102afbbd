"""Defects of the values: put back in clear, damaged, copied, moved, changed behind the MAC."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from tests.corpus.places import line_of, values

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.corpus.sealed import Sealed

CLEAR = "hunter2correct"


def replaced(sealed: Sealed, random: Random, change: Callable[[re.Match[str]], str]) -> str | None:
    """The text with one encrypted value, drawn at random, changed."""
    found = values(sealed)
    if not found:
        return None
    match = random.choice(found)
    text = sealed.data.decode()
    return text[: match.start()] + change(match) + text[match.end() :]


def leaf_in_clear(sealed: Sealed, random: Random) -> str | None:
    return replaced(sealed, random, lambda _: CLEAR)


def number_in_clear(sealed: Sealed, random: Random) -> str | None:
    if sealed.store == "yaml":
        return replaced(sealed, random, lambda _: random.choice(("5432", "true", "1.5", "2024-01-01")))
    if sealed.store != "json":
        return None
    text = replaced(sealed, random, lambda _: "\0")
    return text.replace('"\0"', random.choice(("5432", "true", "-1.5e3"))) if text else None


def all_in_clear(sealed: Sealed, random: Random) -> str | None:
    text = sealed.data.decode()
    for match in reversed(values(sealed)):
        text = text[: match.start()] + CLEAR + text[match.end() :]
    return text if values(sealed) else None


def text_after_bracket(sealed: Sealed, random: Random) -> str | None:
    return replaced(sealed, random, lambda match: f"{match[0]}{random.choice((' ', '', ' - '))}{CLEAR}")


def text_before(sealed: Sealed, random: Random) -> str | None:
    return replaced(sealed, random, lambda match: f"{CLEAR} {match[0]}")


def not_sops_ciphertext(sealed: Sealed, random: Random) -> str | None:
    return replaced(sealed, random, lambda _: f"ENC[{CLEAR}]")


def cut_off(sealed: Sealed, random: Random) -> str | None:
    return replaced(sealed, random, lambda match: match[0][: random.randrange(20, len(match[0]))])


def truncated_tag(sealed: Sealed, random: Random) -> str | None:
    return replaced(sealed, random, lambda match: match[0].replace(match[3], match[3][:-4]))


def truncated_iv(sealed: Sealed, random: Random) -> str | None:
    return replaced(sealed, random, lambda match: match[0].replace(match[2], match[2][:-4]))


def short_iv(sealed: Sealed, random: Random) -> str | None:
    iv = base64.b64encode(random.randbytes(12)).decode()
    return replaced(sealed, random, lambda match: match[0].replace(match[2], iv))


def truncated_data(sealed: Sealed, random: Random) -> str | None:
    return replaced(sealed, random, lambda match: match[0].replace(f":{match[1]},", f":{match[1][:-1]},", 1))


def empty_data(sealed: Sealed, random: Random) -> str | None:
    return replaced(sealed, random, lambda match: match[0].replace(f":{match[1]},", ":,", 1))


def bad_base64(sealed: Sealed, random: Random) -> str | None:
    def change(match: re.Match[str]) -> str:
        place = random.randrange(match.start(1), match.end(3)) - match.start()
        return match[0][:place] + random.choice("*!-_ ") + match[0][place + 1 :]

    return replaced(sealed, random, change)


def wrong_type(sealed: Sealed, random: Random) -> str | None:
    kinds = ("string", "number", "STR", "nil")
    return replaced(
        sealed, random, lambda match: match[0].replace(f":{match[4]}]", f":{random.choice(kinds)}]")
    )


def missing_field(sealed: Sealed, random: Random) -> str | None:
    name = random.choice(("data", "iv", "tag"))
    return replaced(sealed, random, lambda match: re.sub(rf"{name}:[^,]*,", "", match[0]))


def other_cipher(sealed: Sealed, random: Random) -> str | None:
    return replaced(sealed, random, lambda match: match[0].replace("AES256_GCM", "AES128_CBC"))


def copied_ciphertext(sealed: Sealed, random: Random) -> str | None:
    """The value of one key pasted over another's; within one list that would be legitimate."""
    found = [match for match in values(sealed) if key_of(sealed, match)]
    pairs = [(a, b) for a in found for b in found if key_of(sealed, a) != key_of(sealed, b)]
    if not pairs:
        return None
    source, target = random.choice(pairs)
    text = sealed.data.decode()
    return text[: target.start()] + source[0] + text[target.end() :]


def reused_iv(sealed: Sealed, random: Random) -> str | None:
    found = values(sealed)
    pairs = [(a, b) for a in found for b in found if a[1] != b[1]]
    if not pairs:
        return None
    source, target = random.choice(pairs)
    text = sealed.data.decode()
    return text[: target.start()] + target[0].replace(target[2], source[2]) + text[target.end() :]


def key_of(sealed: Sealed, match: re.Match[str]) -> str:
    """The key on a value's own line, with its indentation; empty for list items."""
    text = sealed.data.decode()
    start, _ = line_of(sealed, match)
    before = text[start : match.start()]
    return before if re.search(r"[:=]\s*\"?$", before) and "- " not in before else ""


KINDS = {
    leaf_in_clear: "plaintext-value",
    number_in_clear: "plaintext-value",
    all_in_clear: "plaintext-value",
    text_after_bracket: "hidden-plaintext",
    text_before: "plaintext-value",
    not_sops_ciphertext: "malformed-ciphertext",
    cut_off: "malformed-ciphertext invalid-syntax",
    truncated_tag: "malformed-ciphertext",
    truncated_iv: "malformed-ciphertext",
    short_iv: "malformed-ciphertext",
    truncated_data: "malformed-ciphertext",
    empty_data: "malformed-ciphertext",
    bad_base64: "malformed-ciphertext invalid-syntax",
    wrong_type: "malformed-ciphertext",
    missing_field: "malformed-ciphertext",
    other_cipher: "malformed-ciphertext",
    copied_ciphertext: "reused-nonce",
    reused_iv: "reused-nonce",
}
