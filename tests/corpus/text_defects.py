"""Defects of the text itself: plaintext beside the seal, merges left half-way, bytes that no store holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.corpus.places import blocks, line_of, values

if TYPE_CHECKING:
    from random import Random

    from tests.corpus.sealed import Sealed

SECRET = "password: hunter2correcthorse"


def plaintext_document(sealed: Sealed, random: Random) -> str | None:
    if sealed.store != "yaml":
        return None
    return f"{sealed.data.decode()}---\n{SECRET}\n"


def plaintext_document_first(sealed: Sealed, random: Random) -> str | None:
    return f"{SECRET}\n---\n{sealed.data.decode()}" if sealed.store == "yaml" else None


def later_block_differs(sealed: Sealed, random: Random) -> str | None:
    """sops discards the later blocks unread: anything can stand there."""
    places = blocks(sealed)
    if len(places) < 2:
        return None
    text = sealed.data.decode()
    start, end = places[-1]
    return text[:start] + re.sub(r"version: .*", "version: hunter2", text[start:end]) + text[end:]


def concatenated(sealed: Sealed, random: Random) -> str | None:
    """Two sealed files in one: the second has a data key of its own, and its block is never read."""
    if sealed.store != "yaml":
        return None
    text = sealed.data.decode()
    other = re.sub(r"lastmodified: .*", 'lastmodified: "2024-01-01T00:00:00Z"', text)
    return f"{text}---\n{other}"


def text_after_json(sealed: Sealed, random: Random) -> str | None:
    if sealed.store not in ("json", "binary"):
        return None
    return sealed.data.decode().rstrip() + random.choice(('\n{"password": "hunter2"}\n', "hunter2\n", "]"))


def duplicate_key(sealed: Sealed, random: Random) -> str | None:
    """A second value for a key: which one counts differs from reader to reader."""
    text = sealed.data.decode()
    if sealed.store in ("json", "binary"):
        return re.sub(r"\{\s*(\"[^\"]+\": )", r'{\1"other", \1', text, count=1)
    if sealed.store != "yaml":
        return None
    found = re.search(r"^(\w+): ENC\[.*\n", text, re.MULTILINE)
    return text[: found.end()] + found[0] + text[found.end() :] if found else None


def duplicate_block(sealed: Sealed, random: Random) -> str | None:
    text = sealed.data.decode()
    start, end = blocks(sealed)[0]
    return text[:end] + text[start:] if sealed.store in ("yaml", "json", "ini", "dotenv") else None


def conflict_markers(sealed: Sealed, random: Random) -> str | None:
    found = values(sealed)
    if not found:
        return None
    start, end = line_of(sealed, random.choice(found))
    text = sealed.data.decode()
    line = text[start:end]
    marked = f"<<<<<<< HEAD\n{line}=======\n{line}>>>>>>> topic\n"
    return text[:start] + marked + text[end:]


def comment_with_secret(sealed: Sealed, random: Random) -> str | None:
    if sealed.store not in ("yaml", "dotenv", "ini"):
        return None
    comment = random.choice(
        (
            f"# {SECRET}",
            "# db_password=Tr0ub4dor&3x",
            "# old: AKIA" + "Q3EGRIZ7XD4TKBNW",
            "# api_key: 9f86d081884c7d659a2feaa0c55ad015",
            "# postgres://admin:s3cr3tpw@db.internal/prod",
        )
    )
    return f"{comment}\n{sealed.data.decode()}"


def comment_text_after_bracket(sealed: Sealed, random: Random) -> str | None:
    text = sealed.data.decode()
    changed = re.sub(r"^(\s*[#;] ?ENC\[.*type:comment\])$", r"\1 hunter2", text, count=1, flags=re.MULTILINE)
    return changed if changed != text else None


def nul_byte(sealed: Sealed, random: Random) -> bytes | None:
    return sealed.data.replace(b"ENC[", b"\0ENC[", 1)


def invalid_utf8(sealed: Sealed, random: Random) -> bytes | None:
    return sealed.data.replace(b"ENC[", b"\xff\xfeENC[", 1)


def tab_indented(sealed: Sealed, random: Random) -> str | None:
    if sealed.store != "yaml":
        return None
    return re.sub(r"^ {4}", "\t", sealed.data.decode(), count=1, flags=re.MULTILINE)


def half_a_file(sealed: Sealed, random: Random) -> bytes | None:
    """A write that broke off, before the metadata block begins or within it."""
    start, end = blocks(sealed)[0]
    return sealed.data.decode()[: random.randrange(start, (start + 3 * end) // 4)].encode()


def carriage_returns(sealed: Sealed, random: Random) -> str | None:
    """sops reads the carriage return as part of each value: the file cannot be decrypted."""
    return sealed.data.decode().replace("\n", "\r\n") if sealed.store == "dotenv" else None


KINDS = {
    plaintext_document: "plaintext-document",
    plaintext_document_first: "metadata-missing plaintext-document",
    later_block_differs: "hidden-plaintext",
    concatenated: "hidden-plaintext",
    text_after_json: "hidden-plaintext invalid-syntax",
    duplicate_key: "duplicate-key",
    duplicate_block: "duplicate-key hidden-plaintext",
    conflict_markers: "conflict-markers",
    comment_with_secret: "secret-in-comment",
    comment_text_after_bracket: "hidden-plaintext",
    nul_byte: "invalid-syntax plaintext-value malformed-ciphertext secret-in-comment",
    invalid_utf8: "invalid-syntax",
    tab_indented: "invalid-syntax",
    half_a_file: "invalid-syntax metadata-incomplete metadata-missing damaged-key malformed-ciphertext recipient-missing not-sealed",
    carriage_returns: "malformed-ciphertext invalid-syntax hidden-plaintext plaintext-value",
}
