"""The grammar of an encrypted value: ``ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]``.

sops's own pattern is not anchored at its end and accepts any length of nonce, so it decrypts
``ENC[…] leaked text`` and drops the tail. This one matches the whole value, as sops writes it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sealward.patterns import late

TYPES = ("str", "int", "float", "bool", "time", "comment")
IV_BYTES = 32
TAG_BYTES = 16
MAC_BYTES = 128
"""The MAC is the upper-case hex of a SHA-512; GCM adds nothing to its length."""

_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)"
_WHOLE = re.compile(
    rf"ENC\[AES256_GCM,data:({_BASE64}),iv:([A-Za-z0-9+/]{{43}}=),tag:([A-Za-z0-9+/]{{22}}==),"
    rf"type:({'|'.join(TYPES)})\]"
)
_OPENING = "ENC[AES256_GCM,data:"
_PLAUSIBLE = {"bool": (4, 5), "int": (1, 20), "time": (20, 40)}


class Ciphertext(NamedTuple):
    """The fields of an encrypted value, base64 as written, and the type of its plaintext."""

    data: str
    iv: str
    tag: str
    type: str

    @property
    def length(self) -> int:
        """Bytes of plaintext: GCM's ciphertext is as long."""
        return len(self.data) // 4 * 3 - self.data.count("=")


def parse(text: str) -> Ciphertext | None:
    """The fields of a whole, well-formed encrypted value, else None. Line breaks may follow: sops's pattern
    stops there, and a block scalar ends with one."""
    match = _WHOLE.fullmatch(text.rstrip("\n"))
    return Ciphertext._make(match.groups()) if match else None


def fields(text: str) -> tuple[str, str, str, str] | None:
    """The fields as sops's own pattern, ``data:(.+),iv:(.+),tag:(.+),type:(.+)]``, cuts them.

    Each ``.+`` takes as much as it can and stops at a line break, and nothing need end at the bracket. The
    last bracket, then the last of each mark before it, are what that gives; found from the right, in one
    pass. None where the pattern matches nothing.
    """
    line = text.partition("\n")[0]
    end = line.rfind("]")
    kind = line.rfind(",type:", 0, max(end - 1, 0))
    tag = line.rfind(",tag:", 0, max(kind - 1, 0))
    iv = line.rfind(",iv:", 0, max(tag - 1, 0))
    if iv <= len(_OPENING) or not line.startswith(_OPENING):
        return None
    return line[len(_OPENING) : iv], line[iv + 4 : tag], line[tag + 5 : kind], line[kind + 6 : end]


def _has_all_fields(text: str) -> bool:
    """Whether a text that ends with its only last bracket has the four fields, in their order."""
    kind = text.rfind(",type:")
    tag = text.rfind(",tag:", 0, max(kind - 1, 0))
    iv = text.rfind(",iv:", 0, max(tag - 1, 0))
    return text.startswith(_OPENING) and iv > len(_OPENING) and text.find("]", kind) == len(text) - 1


def looks_encrypted(text: str) -> bool:
    """Whether a value claims to be encrypted, well-formed or not."""
    return text.startswith("ENC[")


def defect(text: str) -> str | None:
    """What is wrong with a value that claims to be encrypted; None where it is well-formed.

    Returns one clause that fits after "the value".
    """
    value = parse(text)
    if value is not None:
        low, high = _PLAUSIBLE.get(value.type, (1, value.length))
        if not low <= value.length <= high:
            return f"cannot be a {value.type}: {value.length} bytes of ciphertext"
        return None
    if "ENC[AES256_GCM," not in text:
        return "is not SOPS ciphertext, though it begins with ENC["
    if not text.endswith("]"):
        return "is cut off" if "]" not in text else "has text after the closing bracket"
    if not _has_all_fields(text):
        return "lacks one of the fields data, iv, tag and type"
    return "has a field that is not valid base64, of the wrong length, or of an unknown type"


def is_readable(text: str) -> bool:
    """Whether a field of a well-formed value is readable text in Base64, and so is no ciphertext at all.

    At least 16 bytes of it: by chance that happens once in ten million values.
    """
    from base64 import b64decode

    value = parse(text)
    for field in value[:3] if value is not None else ():
        data = b64decode(field)
        if len(data) >= 16:
            try:
                if data.decode().replace("\n", " ").replace("\t", " ").isprintable():
                    return True
            except UnicodeDecodeError:
                continue
    return False


def trailing_text(text: str) -> bool:
    """Whether readable text follows (or precedes nothing but) a complete ciphertext.

    sops decrypts such a value and silently drops what follows the bracket: plaintext can hide there.
    """
    match = _LOOSE_PREFIX.match(text)
    return bool(match and match.end() < len(text) and text[match.end() :].strip())


_LOOSE_PREFIX = late(
    r"ENC\[AES256_GCM,data:[A-Za-z0-9+/=]*,iv:[A-Za-z0-9+/=]*,tag:[A-Za-z0-9+/=]*,type:\w*\]"
)
