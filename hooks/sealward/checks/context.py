"""What a check may know besides the document: gathered at the edge, given as plain values."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sealward.config import DEFAULT, Settings
from sealward.records import Record
from sealward.sops.format.metadata import Metadata, is_metadata

if TYPE_CHECKING:
    from sealward.detectors.detect_secrets import Baseline
    from sealward.document import Document
    from sealward.errors import SealwardError
    from sealward.sealed.contents import Held
    from sealward.sops.format.creation_rules import Rule
    from sealward.sops.reading.decrypted import Decrypted


class Context(Record):
    """The surroundings of one file.

    ``data`` are its bytes; ``rule`` is the creation rule that claims it, ``rule_path`` its path as that
    rule sees it, ``rules_file`` the configuration; ``rule_before`` and ``rule_path_before`` are
    those from before a range of commits; ``previous`` are its versions in HEAD (and in every
    other parent of a merge), parsed;
    ``forced`` says that a setting demands a seal; ``sealed_sibling`` names the sealed file that this
    one looks like a copy of (``sibling_is_sealed``: and that is there, and sealed); ``sealed`` says
    that it carries a SOPS metadata block itself. ``opened`` is what is inside, where a key was at hand;
    ``closed`` says why not, where that is a fault; ``values`` are its values as far as they can be
    read. ``asked`` says that this very check was asked for. ``settings`` are those of .sealward.yaml,
    ``baseline`` what .secrets.baseline says; ``now`` is the time (seconds since 1970), where it matters.
    """

    data: bytes = b""
    rule_before: Rule | None = None
    rule_path_before: str = ""
    rule: Rule | None = None
    rule_path: str = ""
    rules_file: str = ""
    previous: tuple[Document, ...] = ()
    forced: bool = False
    sealed_sibling: str = ""
    sibling_is_sealed: bool = False
    sealed: bool = False
    opened: Decrypted | None = None
    closed: SealwardError | None = None
    values: tuple[Held, ...] = ()
    asked: bool = False
    settings: Settings = DEFAULT
    baseline: Baseline | None = None
    now: float | None = None


@lru_cache(maxsize=4)
def metadata_of(document: Document) -> Metadata | None:
    """The metadata block that sops reads, as a model; None where the first document has none."""
    block = document.metadata
    return Metadata(block) if block is not None and is_metadata(block) else None
