"""Lists of words in ``custom_metadata``, which bounds each entry: a list that is longer goes on in further
entries, and is never cut.

KV v2 takes 128 bytes for a name and 512 for a text, and nothing that cannot be printed. The entry ``NAME``
begins with a head and goes on in ``NAME+2``, ``NAME+3``. All parts are written in one request.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LONGEST = 500
"""Bytes of an entry's text; KV v2 takes 512."""

MOST_PARTS = 32
"""Entries of one list; KV v2 takes 64 of a secret."""

_LONGEST_WORD = 160
_PART = re.compile(r"(.*)\+([2-9]|[1-9][0-9])", re.DOTALL)


def spread(name: str, head: str, words: Iterable[str]) -> dict[str, str]:
    """The entries of a list: ``head`` and the first words under ``name``, further words under its parts.

    Raises SealwardError for a list that is beyond all bounds (thousands of words).
    """
    texts = [head]
    for word in words:
        last = texts[-1]
        added = f"{last},{token(word)}" if last and last != head else f"{last}{token(word)}"
        if len(added.encode()) <= LONGEST:
            texts[-1] = added
        else:
            texts.append(token(word))
    if len(texts) > MOST_PARTS:
        raise SealwardError(
            f"the keys of {name} do not fit into the secret's custom_metadata",
            "rotate fewer keys at a time, or keep them in several secrets",
        )
    return {name if number == 1 else f"{name}+{number}": text for number, text in enumerate(texts, 1)}


def parts(name: str) -> Iterator[str]:
    """Every name that ``spread`` may have used: to take a list away, whatever it was."""
    yield name
    yield from (f"{name}+{number}" for number in range(2, MOST_PARTS + 1))


def joined(custom: Mapping[str, str], name: str) -> str:
    """The text of an entry with that of its further parts, as if it had never been spread; empty without an
    entry."""
    texts = [custom.get(one, "") for one in parts(name)]
    end = texts.index("") if "" in texts else len(texts)
    return ",".join(texts[:end])


def is_part(name: str) -> bool:
    """Whether an entry only continues another one."""
    return _PART.fullmatch(name) is not None


def words_of(text: str) -> tuple[str, ...]:
    """The words behind a head. One that was too long to be written stays a token."""
    return tuple(one if one.startswith("%%") else unquote(one) for one in text.split(",") if one)


def token(word: str) -> str:
    """A word as an entry has it: what would be taken for something else is percent-encoded, and a very long
    one is a digest of it."""
    text = "".join(char if _is_plain(char) else _encoded(char) for char in word)
    if len(text.encode()) <= _LONGEST_WORD:
        return text
    return f"%%{hashlib.sha256(word.encode('utf-8', 'surrogateescape')).hexdigest()[:24]}"


def resolved(words: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The words, digests replaced by those of the ``known`` ones that they stand for."""
    digests = {token(one): one for one in known}
    return tuple(digests.get(one, one) if one.startswith("%%") else one for one in words)


def _is_plain(char: str) -> bool:
    return char.isprintable() and char not in ",% "


def _encoded(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
