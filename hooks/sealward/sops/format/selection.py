"""Which leaves a sealed file's selector covers, exactly as sops applies it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.patterns import as_utf8, re2_of

if TYPE_CHECKING:
    from sealward.document import Document, Leaf
    from sealward.patterns import Compiled
    from sealward.sops.format.metadata import Metadata

NAMES = (
    "unencrypted_suffix",
    "encrypted_suffix",
    "unencrypted_regex",
    "encrypted_regex",
    "unencrypted_comment_regex",
    "encrypted_comment_regex",
)
DEFAULT_SUFFIX = "_unencrypted"
MAX_PATTERN_BYTES = 1 << 20
"""Memory that one compiled pattern may take; Go has no such bound, but no real pattern comes near."""


class Selector(NamedTuple):
    """One of sops's six selectors and its value (a suffix or an RE2 pattern)."""

    name: str
    value: str

    @property
    def is_regex(self) -> bool:
        """Whether the value is a pattern and not a suffix."""
        return self.name.endswith("_regex")

    @property
    def selects_clear(self) -> bool:
        """Whether what the selector hits stays in clear, and all else is encrypted."""
        return self.name.startswith("unencrypted_")


DEFAULT = Selector("unencrypted_suffix", DEFAULT_SUFFIX)
"""What applies where a file stores no selector."""


EVERYTHING = Selector("unencrypted_suffix", "\0")
"""What applies to the binary store: sops ignores selectors there."""


def selector_of(document: Document, metadata: Metadata | None) -> Selector:
    """The selector that sops applies to a file: the stored one, and none in the binary store."""
    if document.store == "binary" and {leaf.path[:1] for leaf in document.leaves} <= {("data",)}:
        return EVERYTHING
    return metadata.selector if metadata is not None else DEFAULT


def cover_of(document: Document, metadata: Metadata | None) -> Cover:
    """Which leaves sops encrypts and decrypts in a file."""
    return Cover(selector_of(document, metadata))


def compile_re2(pattern: str) -> Compiled | None:
    """Compile a pattern with Go's syntax and linear time; None where it is not valid RE2.

    An invalid pattern in a selector is "never matches" for sops, without a word.
    """
    try:
        return re2_of(pattern, most=MAX_PATTERN_BYTES)
    except ValueError:
        return None


class Cover:
    """The selector of one file, compiled: says of each leaf whether it must be encrypted."""

    def __init__(self, selector: Selector) -> None:
        self.selector = selector
        self.valid = True
        self._known: dict[str | int, bool] = {}
        self._selects_clear = selector.selects_clear
        self._tests_comments = "comment" in selector.name
        self._suffix = None if selector.is_regex else selector.value
        self._pattern: Compiled | None = None
        if selector.is_regex:
            self._pattern = compile_re2(selector.value)
            self.valid = self._pattern is not None

    def covers(self, leaf: Leaf) -> bool:
        """Whether sops encrypts this leaf: tested are mapping keys (or comments) one by one."""
        texts = leaf.comments if self._tests_comments else leaf.path
        known = self._known
        for text in texts:
            hit = known.get(text)
            if hit is None:
                hit = known[text] = self._hits(text)
            if hit:
                return not self._selects_clear
        return self._selects_clear

    def _hits(self, text: str | int) -> bool:
        if isinstance(text, int):
            return False
        if self._suffix is not None:
            return text.endswith(self._suffix)
        return self._pattern is not None and self._pattern.search(as_utf8(text)) is not None
