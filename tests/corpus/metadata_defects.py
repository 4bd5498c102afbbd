"""Defects of the metadata block: fields gone, keys damaged, recipients and selectors changed by hand."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pyrage
from pyrage import x25519

from tests.corpus.places import blocks, field, values

if TYPE_CHECKING:
    from random import Random

    from tests.corpus.sealed import Sealed


def changed(sealed: Sealed, name: str, replacement: str | None) -> str | None:
    """Every block with one field taken out, or its value replaced."""
    text = sealed.data.decode()
    pattern = re.compile(field(sealed.store, name), re.MULTILINE)
    for start, end in reversed(blocks(sealed)):
        block = text[start:end]
        match = pattern.search(block)
        if match is None:
            continue
        if replacement is None:
            block = block[: match.start()] + block[match.end() :]
        else:
            block = block[: match.start(1)] + _quoted(sealed, replacement) + block[match.end(1) :]
        text = text[:start] + _without_last_comma(block) + text[end:]
    return text


def _quoted(sealed: Sealed, value: str) -> str:
    return value if sealed.store in ("dotenv", "ini") else json.dumps(value)


def _without_last_comma(block: str) -> str:
    return re.sub(r",(\s*)\}$", r"\1}", block)


def mac_removed(sealed: Sealed, random: Random) -> str | None:
    return changed(sealed, "mac", None)


def mac_emptied(sealed: Sealed, random: Random) -> str | None:
    return changed(sealed, "mac", "")


def mac_in_clear(sealed: Sealed, random: Random) -> str | None:
    return changed(sealed, "mac", random.randbytes(64).hex().upper())


def mac_too_short(sealed: Sealed, random: Random) -> str | None:
    found = values(sealed)
    return changed(sealed, "mac", found[0][0]) if found and len(found[0][1]) < 100 else None


def lastmodified_removed(sealed: Sealed, random: Random) -> str | None:
    return changed(sealed, "lastmodified", None)


def lastmodified_no_time(sealed: Sealed, random: Random) -> str | None:
    return changed(sealed, "lastmodified", random.choice(("yesterday", "2024-02-30", "1700000000")))


def version_removed(sealed: Sealed, random: Random) -> str | None:
    return changed(sealed, "version", None)


def two_selectors(sealed: Sealed, random: Random) -> str | None:
    found = re.search(r"(?:un)?encrypted_(?:suffix|regex|comment_regex)", sealed.data.decode())
    if found is None:
        return None
    other = "encrypted_suffix" if found[0] != "encrypted_suffix" else "encrypted_regex"
    return added(sealed, other, "x")


def unknown_field(sealed: Sealed, random: Random) -> str | None:
    return added(sealed, "note", "hunter2correct")


def added(sealed: Sealed, name: str, value: str) -> str:
    """The text with one more field in every block."""
    text = sealed.data.decode()
    lines = {
        "yaml": f"    {name}: {value}\n", "dotenv": f"sops_{name}={value}\n", "ini": f"{name} = {value}\n",
    }  # fmt: skip
    for start, end in reversed(blocks(sealed)):
        block = text[start:end]
        if sealed.store in lines:
            block = block.rstrip("\n") + "\n" + lines[sealed.store]
        else:
            block = block.replace('"sops": {', f'"sops": {{"{name}": "{value}",', 1)
        text = text[:start] + block + text[end:]
    return text


def block_removed(sealed: Sealed, random: Random) -> str | None:
    text = sealed.data.decode()
    for start, end in reversed(blocks(sealed)):
        text = text[:start] + text[end:]
    return text if values(sealed) else None


def recipients_emptied(sealed: Sealed, random: Random) -> str | None:
    text = sealed.data.decode()
    patterns = {
        "yaml": r"^    (?:age|pgp|key_groups):\n(?:     .*\n|    -.*\n|\n)+",
        "json": r"\"(?:age|pgp|key_groups)\": \[.*?\n\t\t\],?\s*",
        "dotenv": r"^sops_(?:age|pgp|key_groups)__.*\n",
        "ini": r"^(?:age|pgp|key_groups)__.*\n",
    }
    if sealed.store in ("json", "binary"):
        return re.sub(patterns["json"], "", text, flags=re.DOTALL)
    return re.sub(patterns[sealed.store], "", text, flags=re.MULTILINE)


def block_nested(sealed: Sealed, random: Random) -> str | None:
    """The block moved under another key, where it is data like any other."""
    text = sealed.data.decode()
    if sealed.store == "yaml" and len(blocks(sealed)) == 1:
        start, end = blocks(sealed)[0]
        return text[:start] + "metadata2:\n" + re.sub(r"^(?=.)", "    ", text[start:end], flags=re.MULTILINE)
    return None


_ARMOR = re.compile(r"-----BEGIN AGE ENCRYPTED FILE-----(.*?)-----END AGE ENCRYPTED FILE-----", re.DOTALL)


def damaged_armor(sealed: Sealed, random: Random) -> str | None:
    text = sealed.data.decode()
    found = _ARMOR.search(text)
    if found is None:
        return None
    middle = (found.start() + found.end()) // 2
    return text[:middle] + text[middle + random.choice((1, 5, 40)) :]


def wrong_payload(sealed: Sealed, random: Random) -> str | None:
    """A whole age file, of something that is no data key."""
    text = sealed.data.decode()
    found = _ARMOR.search(text)
    if found is None:
        return None
    recipient = x25519.Recipient.from_str(str(x25519.Identity.generate().to_public()))
    sealed_bytes: bytes = pyrage.encrypt(random.randbytes(16), [recipient], armored=True)
    armor = sealed_bytes.decode().strip()
    lines = re.match(r"(\\n|\s*)", found[1])
    assert lines is not None
    return text[: found.start()] + armor.replace("\n", lines[0]) + text[found.end() :]


def ssh_stanzas_swapped(sealed: Sealed, random: Random) -> str | None:
    """SSH stanzas carry a mark of their key: one that stands under another recipient is seen."""
    if "ssh-both" not in sealed.name:
        return None
    text = sealed.data.decode()
    found = list(_ARMOR.finditer(text))
    first, last = found[0], found[2]
    return text[: first.start()] + last[0] + text[first.end() : last.start()] + first[0] + text[last.end() :]


def recipient_added(sealed: Sealed, random: Random) -> str | None:
    """Somebody writes a further recipient into a file; the rule does not name it."""
    other = str(x25519.Identity.generate().to_public())
    found = re.search(r"age1[0-9a-z]{58}", sealed.data.decode()) if sealed.rules else None
    return sealed.data.decode().replace(found[0], other) if found else None


def threshold_too_high(sealed: Sealed, random: Random) -> str | None:
    return changed(sealed, "shamir_threshold", "9") if "three-groups" in sealed.name else None


def pgp_time_removed(sealed: Sealed, random: Random) -> str | None:
    if not sealed.name.endswith("/pgp"):
        return None
    pattern = r"created_at: .*\n\s*|\"created_at\": \"[^\"]*\",?\s*|^\w*created_at\s*=.*\n"
    return re.sub(pattern, "", sealed.data.decode(), flags=re.MULTILINE)


KINDS = {
    mac_removed: "metadata-incomplete",
    mac_emptied: "metadata-incomplete",
    mac_in_clear: "malformed-ciphertext",
    mac_too_short: "malformed-ciphertext",
    lastmodified_removed: "metadata-incomplete",
    lastmodified_no_time: "metadata-incomplete",
    version_removed: "metadata-incomplete",
    two_selectors: "metadata-incomplete",
    unknown_field: "hidden-plaintext",
    block_removed: "metadata-missing",
    block_nested: "metadata-missing",
    recipients_emptied: "metadata-incomplete",
    damaged_armor: "damaged-key invalid-syntax",
    wrong_payload: "damaged-key",
    ssh_stanzas_swapped: "damaged-key",
    recipient_added: "recipient-extra",
    threshold_too_high: "metadata-incomplete",
    pgp_time_removed: "metadata-incomplete",
}
