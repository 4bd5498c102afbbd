"""``plaintext-secrets``: no known kind of token, private key or seed phrase stands in clear, in any file.

On detect-secrets: its detectors, its allow-list comments (``pragma: allowlist secret``) and, where there is
a ``.secrets.baseline``, what that says; and our own shapes, such as age identities and Vault tokens.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from sealward.detectors import glance
from sealward.document.text import is_plain
from sealward.finding import Finding, Place
from sealward.patterns import late, re2_of
from sealward.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.checks.context import Context
    from sealward.document import Document
    from sealward.patterns import Compiled

LONGEST = 2_000
"""Characters of a line that are judged at once; of a longer one a window around what may be a secret."""

_OVERLAP = 400
"""Characters that two windows of a line share: no token is longer, but for what begins with its own kind."""

HINT = (
    "rotate it, take it out of the history, and keep it in Vault; if it is not a secret, add "
    "`# pragma: allowlist secret` to the line, or an exemption to .sealward.yaml"
)
_KEY_MATERIAL = late(r"[A-Za-z0-9+/]{40}")
_NEAR = 6
"""So many lines behind a PEM header its key begins: there may be headers, and empty lines."""
_PHRASE = (
    r"(?:[a-z\x{80}-\x{2fff}]{3,12}[ ,'\"]+){11}[a-z\x{80}-\x{2fff}]{3,12}|(?:[A-Z]{3,8}[ ,]+){11}[A-Z]{3,8}"
    r"|(?:[\x{3000}-\x{10ffff}]+[ ,]*[ ,\x{3000}]){11}[\x{3000}-\x{10ffff}]"
)
"""Words have at most twelve characters, counted with each accent apart (NFD)."""

_WALLET = (
    r"\b[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}\b|\b[1-9A-HJ-NP-Za-km-z]{86,88}\b|prv[1-9A-HJ-NP-Za-km-z]{100}"
)
_NUMBERS = r"\[\s*(?:\d{1,3},\s*){31}"
_WORDS = [_PHRASE, _WALLET, _NUMBERS]


_CIPHERTEXT = late(r"ENC\[AES256_GCM,[^\]\s]*\]")
_ARMOR = late(r"-----BEGIN (AGE ENCRYPTED FILE|PGP MESSAGE)-----[^-]*-----END \1-----")


def judge(document: Document, context: Context) -> Iterator[Finding]:
    """Judge the text of a file, line by line; ciphertext, and what a baseline knows, is never reported."""
    from sealward.detectors import detect_secrets, secret_in
    from sealward.detectors.published import is_example, without_published

    scan = detect_secrets.Scan(document.path, context.baseline)
    reported = 0
    for piece in _pieces(_readable(document.text), everything=context.baseline is not None):
        if piece.number == reported:
            continue
        line = _CIPHERTEXT.sub("", piece.line)
        rest = without_published(line)
        scan.is_known = ""
        held = secret_in(rest, kind="line") or (None if is_example(line) else scan.held(rest, piece.number))
        if held and "-----BEGIN" in line and _is_only_header(line, piece.after):
            continue
        if held:
            reported = 0 if scan.is_known else piece.number  # more of the line may be new
            yield Finding(
                rule="plaintext-secret",
                place=Place(document.path, piece.number),
                message=f"a line in clear holds {held}",
                hint=HINT,
                suppressed="an allow-list comment"
                if scan.is_allowed(line + piece.end, piece.before)
                else scan.is_known,
            )


class _Piece(Record):
    """A line that may hold a secret, or a window of a long one; its number, the line before, text after, and
    the line's end behind the window, where an allow-list comment stands."""

    line: str
    number: int
    before: str
    after: str
    end: str = ""


def _readable(text: str) -> str:
    """The text with line ends as we count them, and without the armors of encrypted data keys."""
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    if "-----BEGIN" not in text:
        return text
    return _ARMOR.sub(lambda match: "\n" * match.group().count("\n"), text)


def _pieces(text: str, everything: bool) -> Iterator[_Piece]:
    """The lines in which a shape could be; with ``everything`` each line."""
    if not everything:
        yield from _candidate_lines(text.encode("utf-8", "replace"))
        return
    lines = text.split("\n")
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else ""
        for at in range(0, len(line) or 1, LONGEST - _OVERLAP):
            after, end = "\n".join(lines[index + 1 : index + 7]), line[at + LONGEST :][-_OVERLAP:]
            yield _Piece(line=line[at : at + LONGEST], number=index + 1, before=before, after=after, end=end)


def _candidate_lines(data: bytes) -> Iterator[_Piece]:
    """One search over the whole of a text, whatever its size: each byte is looked at a few times at most."""
    at, start, end, number, before = 0, 0, -1, 1, b""
    hits = _Hits(data)
    while hit := hits.first(at):
        where, behind = hit
        if where > end:  # on another line, of which ``at`` is not in the middle
            number += data.count(b"\n", at, where)
            start = data.rfind(b"\n", at, where) + 1 or at
            before = data[max(0, start - LONGEST) : max(0, start - 1)].rpartition(b"\n")[2]
            end = data.find(b"\n", where) % (len(data) + 1)
        low, high = max(start, where - LONGEST // 2), min(end, where + LONGEST // 2)
        if end - start <= LONGEST:
            low, high = start, end
        yield _Piece(
            line=_text(data[low:high]),
            number=number,
            before=_text(before),
            after=_text(data[high : high + LONGEST]),
            end=_text(data[max(high, end - _OVERLAP) : end]),
        )
        if high < end:
            at = max(behind, high - _OVERLAP)
        else:
            at, number = end + 1, number + 1


_NOWHERE = (sys.maxsize, 0)


class _Hits:
    """Where shapes could be in a text. Each group's next place is kept, so that none is looked for twice."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._next = [(group, (-1, -1)) for group in _groups()]

    def first(self, at: int) -> tuple[int, int] | None:
        """The first place from ``at`` on, as its start and its end. ``at`` never goes back."""
        for number, (group, place) in enumerate(self._next):
            if place[0] < at:
                hit = group.search(self._data, at)
                self._next[number] = group, (hit.start(), hit.end()) if hit else _NOWHERE
        found = min(place for _, place in self._next)
        return None if found is _NOWHERE else found


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def may_find(data: bytes, context: Context) -> bool:
    """Whether a file is worth a look; where a baseline chooses the detectors, each is."""
    if context.baseline is not None or not is_plain(data):
        return True
    if context.sealed and not _words.cache_info().currsize and not glance.may_hold(data):
        return False
    return may_hold(data)


def may_hold(data: bytes) -> bool:
    """Cheaply, on bytes: whether any shape could be in a file, or a line. Few have one."""
    from sealward.detectors import tokens

    return _words().search(data) is not None or tokens.may_hold(data)


@lru_cache(maxsize=1)
def _words() -> Compiled:
    """Seed phrases and keys of wallets."""
    return re2_of("|".join(f"(?:{shape})" for shape in _WORDS))


def _groups() -> list[Compiled]:
    """The shapes of tokens, and those of phrases and wallets, as few automata that do not multiply."""
    from sealward.detectors import tokens

    return [*tokens.automata(), _words()]


def _is_only_header(line: str, after: str) -> bool:
    """Whether a PEM header has no key behind it: an example, or a program that looks for such headers."""
    near = "\n".join((line, *after.split("\n", _NEAR)[:_NEAR]))
    text = near.partition("-----BEGIN")[2].partition("-----END")[0]
    return not any(len(set(run)) > 12 for run in _KEY_MATERIAL.findall(text))
