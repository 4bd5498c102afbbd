"""Defects that only the version in HEAD betrays: the MAC stayed, what it stands for did not."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from tests.corpus.metadata_defects import added, changed
from tests.corpus.places import line_of, values
from tests.corpus.value_defects import key_of, replaced

if TYPE_CHECKING:
    from random import Random

    from tests.corpus.sealed import Sealed


def value_replaced(sealed: Sealed, random: Random) -> str | None:
    """Well-formed, and made with another data key: only HEAD tells."""
    iv, tag = (base64.b64encode(random.randbytes(size)).decode() for size in (32, 16))

    def change(match: re.Match[str]) -> str:
        data = base64.b64encode(random.randbytes(len(base64.b64decode(match[1])))).decode()
        return f"ENC[AES256_GCM,data:{data},iv:{iv},tag:{tag},type:{match[4]}]"

    return replaced(sealed, random, change)


def values_swapped(sealed: Sealed, random: Random) -> str | None:
    found = values(sealed)
    pairs = [(a, b) for a in found for b in found if a.start() < b.start() and a[0] != b[0]]
    if not pairs:
        return None
    a, b = random.choice(pairs)
    text = sealed.data.decode()
    return text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]


def line_removed(sealed: Sealed, random: Random) -> str | None:
    """A key and its value taken out; only where a line holds just that."""
    if sealed.store not in ("yaml", "dotenv", "ini"):
        return None
    found = [match for match in values(sealed) if key_of(sealed, match) and not _opens_block(sealed, match)]
    if len(found) < 2:
        return None
    start, end = line_of(sealed, random.choice(found))
    text = sealed.data.decode()
    return text[:start] + text[end:]


def key_renamed(sealed: Sealed, random: Random) -> str | None:
    """The name is authenticated, too: it is the additional data of the ciphertext."""
    found = [match for match in values(sealed) if key_of(sealed, match)]
    if not found:
        return None
    start, _ = line_of(sealed, random.choice(found))
    text = sealed.data.decode()
    return text[:start] + re.sub(r"([\w.]+)(\"?\s*[:=])", r"new_\1\2", text[start:], count=1)


def _opens_block(sealed: Sealed, match: re.Match[str]) -> bool:
    """Whether the line is the only one of its block: taking it out changes the structure above."""
    text = sealed.data.decode()
    start, end = line_of(sealed, match)
    above = text[:start].rstrip("\n").rpartition("\n")[2]
    indent = len(text[start:]) - len(text[start:].lstrip())
    return (
        above.endswith(":")
        or above.startswith("[")
        or (indent > 0 and not text[end:].startswith(" " * indent))
    )


def time_changed(sealed: Sealed, random: Random) -> str | None:
    return changed(sealed, "lastmodified", "2026-11-24T01:02:03Z")


def selector_changed(sealed: Sealed, random: Random) -> str | None:
    found = re.search(r"(?:un)?encrypted_(?:suffix|regex|comment_regex)", sealed.data.decode())
    return changed(sealed, found[0], "something_else") if found and sealed.store != "binary" else None


def mac_only_added(sealed: Sealed, random: Random) -> str | None:
    if "mac_only_encrypted" in sealed.data.decode() or sealed.store == "binary":
        return None
    return added(sealed, "mac_only_encrypted", "true") if sealed.store != "json" else None


def recipient_removed(sealed: Sealed, random: Random) -> str | None:
    """One of two age recipients cut out by hand: its share of the work stays undone."""
    if "two-age" not in sealed.name or sealed.store != "yaml":
        return None
    found = re.search(r"        - .*\n(?:          .*\n)+", sealed.data.decode())
    return sealed.data.decode().replace(found[0], "") if found else None


def older_time_same_mac(sealed: Sealed, random: Random) -> str | None:
    return changed(sealed, "lastmodified", "2020-01-01T00:00:00Z")


def plaintext_over_sealed(sealed: Sealed, random: Random) -> bytes | None:
    """The plaintext written over the sealed file: what a forgotten `sops encrypt` leaves."""
    return sealed.plain


def emptied(sealed: Sealed, random: Random) -> bytes:
    return b""


AGAINST_HEAD = {
    value_replaced: "stale-mac",
    values_swapped: "stale-mac reused-nonce",
    line_removed: "stale-mac",
    key_renamed: "stale-mac",
    time_changed: "stale-mac",
    older_time_same_mac: "stale-mac",
    selector_changed: "stale-mac",
    mac_only_added: "stale-mac",
    recipient_removed: "stale-stanza data-key-kept",
    plaintext_over_sealed: "not-sealed",
    emptied: "not-sealed invalid-syntax",
}
