"""Plaintext copies of sealed files, known by what they are.

AES-GCM keeps lengths: a sealed file shows, key path by key path, how long each plaintext is. A file with
the same key paths and texts of these lengths is its decryption, whatever it is called.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sealward.claims.copy_names import is_named_for, store_named
from sealward.detectors import secret_in
from sealward.detectors.key_names import names_secret
from sealward.document import parse, store_of
from sealward.document.text import narrowed
from sealward.patterns import re2_of
from sealward.sops.format import ciphertext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from sealward.document import Document, Leaf
    from sealward.document.model import Path
    from sealward.patterns import Compiled

    Shape: TypeAlias = frozenset[Path]

_LONG = 8
"""Bytes from which on the length of one single value says something."""

_OF_EVERY_MANIFEST = ("apiVersion", "kind", "metadata")
_MOST = 100
"""So many sealed files with the very same keys are compared with one that fits none of them exactly."""

_WORD = re.compile(rb"[\w.-]+")


class Fingerprint(NamedTuple):
    """What a sealed file shows of its plaintext: its path, and the length in bytes at each key path.

    ``whole`` says that it was sealed as one value (the binary store), whose key path means nothing.
    """

    path: str
    lengths: dict[Path, int]
    whole: bool = False


def fingerprint(document: Document) -> Fingerprint | None:
    """The fingerprint of a sealed file; None where nothing in it is encrypted. What every manifest has (its
    kind, its name) says nothing of this one."""
    found = ((leaf.path, ciphertext.parse(leaf.text)) for leaf in document.leaves)
    sealed = {path: value.length for path, value in found if value and value.type != "comment"}
    whole = store_of(document.path) == "binary" and list(sealed) == [("data",)]
    lengths = {path: length for path, length in sealed.items() if path[0] not in _OF_EVERY_MANIFEST}
    return Fingerprint(document.path, lengths, whole) if lengths else None


def is_copy(document: Document, of: Fingerprint) -> bool:
    """Whether an unsealed file is the decryption of a sealed one, as it was or with a few values changed.

    At least one value that fits must be no reference and no placeholder: a template with the same keys is
    not a copy. Nor are settings for another place, which share a user's name and a host: of the values under
    keys that name secrets, half must fit.
    """
    leaves = {leaf.path: leaf for leaf in document.leaves}
    shared = [path for path in of.lengths if path in leaves]
    fits = [path for path in shared if _length(leaves[path]) == of.lengths[path]]
    if len(shared) * 5 < len(of.lengths) * 4 or len(fits) * 4 < len(shared) * 3 or not fits:
        return False
    if len(fits) == 1 and of.lengths[fits[0]] < _LONG:
        return False
    sensitive = [path for path in shared if any(names_secret(key) for key in leaves[path].keys[-1:])]
    if len(set(sensitive) & set(fits)) * 2 < len(sensitive):
        return False
    return any(leaves[path].kind == "str" and not _is_harmless(leaves[path]) for path in fits)


def _is_harmless(leaf: Leaf) -> bool:
    """References and placeholders are, in the Base64 of a Kubernetes Secret's ``data``, too."""
    from sealward.detectors.placeholders import is_harmless

    return is_harmless(leaf.text, base64="data" in leaf.keys[:-1])


def _length(leaf: Leaf) -> int:
    return len(leaf.text.encode("utf-8", "replace"))


@lru_cache(maxsize=1)
def _sealed_key() -> Compiled:
    """The end of a key that stands right before a ciphertext."""
    return re2_of(rb"""([\w.-]+)["']?[ \t]*[:=][ \t]*["']?ENC\[AES256_GCM,""")


def words_in(data: bytes) -> set[bytes]:
    """What could be keys in an unsealed file."""
    return set(_WORD.findall(narrowed(data)))


def may_have_copy(sealed: bytes, words: set[bytes]) -> bool:
    """Cheaply: whether files with these words could be copies of a sealed one. A copy has four of five of its
    keys; no more than half of those beside a ciphertext are asked for, as items of lists have none."""
    keys = {sealed[key.start(1) : key.end(1)] for key in _sealed_key().finditer(sealed)} - {b"mac"}
    if not keys - {b"data"}:  # a whole file as one value has no keys of its own
        return True
    return len(keys & words) * 2 >= len(keys)


class Originals:
    """The sealed files of which others may be copies: each file is compared with the few that it can be of.

    A file can only be a copy where it has four of five keys of the sealed one. So each sealed file is kept
    under a fifth of its keys (and one more), those that the fewest others have: a copy has one of them.
    """

    def __init__(self, prints: Iterable[Fingerprint]) -> None:
        self._by_word: dict[bytes, list[Shape]] = {}
        self._exact: dict[frozenset[tuple[Path, int]], Fingerprint] = {}
        self._shapes: dict[Shape, list[Fingerprint]] = {}
        self._whole: dict[int, list[str]] = {}
        for one in prints:
            if one.whole:
                self._whole.setdefault(one.lengths[("data",)], []).append(one.path)
            else:
                self._exact.setdefault(frozenset(one.lengths.items()), one)
                self._shapes.setdefault(frozenset(one.lengths), []).append(one)
        shared = Counter(word for shape in self._shapes for word in _words_of(shape))
        for shape in self._shapes:
            words = sorted(_words_of(shape), key=lambda word: (shared[word], word))
            for word in words[: len(shape) // 5 + 1]:
                self._by_word.setdefault(word, []).append(shape)

    def __bool__(self) -> bool:
        return bool(self._shapes or self._whole)

    def of(self, path: str, data: bytes) -> str:
        """The path of the sealed file that an unsealed one is a copy of; empty where it is a copy of none."""
        name = path.rpartition("/")[2]
        related = (one for one in self._whole.get(len(data), ()) if is_named_for(one, name))
        found = next(related, "")
        store = store_named(name)
        if found or not self._by_word or store == "binary":
            return found
        words = {b"", *words_in(data)}
        shapes = {shape: None for word in words & self._by_word.keys() for shape in self._by_word[word]}
        if not any(_has_keys(words, shape) for shape in shapes):
            return ""
        document = parse(path, data, store)
        return next((one.path for one in self._like(document, list(shapes)) if is_copy(document, one)), "")

    def _like(self, document: Document, shapes: list[Shape]) -> Iterator[Fingerprint]:
        lengths = {leaf.path: _length(leaf) for leaf in document.leaves}
        for shape in shapes:
            shared = frozenset((path, lengths[path]) for path in shape if path in lengths)
            if shared in self._exact:
                yield self._exact[shared]
        for shape in shapes:
            yield from self._shapes[shape][:_MOST]


def _words_of(shape: Shape) -> set[bytes]:
    """A word of each key, as it stands in any format."""
    keys = (next((step for step in reversed(path) if isinstance(step, str)), "") for path in shape)
    return {next(iter(_WORD.findall(key.encode("utf-8", "replace"))), b"") for key in keys}


def _has_keys(words: set[bytes], shape: Shape) -> bool:
    wanted = _words_of(shape)
    return len(wanted & words) * 5 >= len(wanted) * 4


def holds_secret(document: Document) -> bool:
    """Whether a file that its name calls decrypted holds a secret, in a value or in a line of its text."""
    if any(leaf.text for leaf in document.leaves):
        return any(secret_in(leaf.text, leaf.path, leaf.kind) for leaf in document.leaves)
    return secret_in(document.text) is not None
