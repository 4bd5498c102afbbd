"""A merge as git hands it over: files of the driver, or stages of the index; and what the work tree
gets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sealward.git.merging import text_merge
from sealward.merging.layout import Marks
from sealward.merging.merge import merge
from sealward.merging.outcome import Merged, Request
from sealward.merging.side import Refused
from sealward.sealed.marks import are_sealed, looks_sealed
from sealward.sealed.rules import RuleBook
from sealward.sops import scratch

if TYPE_CHECKING:
    from sealward.git import Repository
    from sealward.sops.format.creation_rules import Rule
    from sealward.sops.reading.identities import Identities


NOT_TEXT = 128
"""From here on git says that it cannot merge the files, and prints nothing: OURS stays as it is."""


class Versions(NamedTuple):
    """A path from the top, and its three versions; ``base`` is None where there is none."""

    path: str
    base: bytes | None
    ours: bytes
    theirs: bytes


class Result(NamedTuple):
    """What the work tree gets. ``merged`` is None where ``refusal`` says why the versions were merged as
    text only; a text merge without conflicts is a conflict all the same then."""

    path: str
    data: bytes
    merged: Merged | None
    refusal: Refused | None = None

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left to do."""
        return self.merged is not None and self.merged.is_clean

    @property
    def is_marked(self) -> bool:
        """Whether conflict markers stand in it."""
        return b"\n<<<<<<<" in b"\n" + self.data


class Asked(NamedTuple):
    """How conflicts are to be settled, as ``Request`` has it."""

    choices: tuple[tuple[str, str], ...] = ()
    trusted: bool = False


def result_of(
    repository: Repository,
    versions: Versions,
    identities: Identities,
    asked: Asked | None = None,
    size: int = 7,
) -> Result:
    """Merge one file. Raises SealwardError where that could not even be tried."""
    asked = asked or Asked()
    if not any(map(looks_sealed, (versions.ours, versions.theirs))):
        data, status = as_text(versions, size)
        hint = "settle it as any other text"
        refused = Refused(f"{versions.path}: neither side is sealed", hint) if status else None
        return Result(versions.path, data, None if status else Merged(data=data), refused)
    request = request_for(repository, versions, identities, asked)
    old = "base" if repository.setting("merge.conflictStyle").lower() in ("diff3", "zdiff3") else ""
    try:
        merged = merge(request, Marks(size, base=old))
    except Refused as error:
        return Result(versions.path, as_text(versions, size)[0], None, error)
    if merged.resealed and merged.clashes:
        return Result(versions.path, as_text(versions, size)[0], merged)
    return Result(versions.path, merged.data, merged)


def request_for(repository: Repository, versions: Versions, identities: Identities, asked: Asked) -> Request:
    """What is to be merged, and what the last commit and the user say of it."""
    return Request(
        path=versions.path,
        base=versions.base or None,
        ours=versions.ours,
        theirs=versions.theirs,
        identities=identities,
        rule=rule_of(repository, versions.path),
        choices=asked.choices,
        trusted=asked.trusted,
    )


def rule_of(repository: Repository, path: str) -> Rule | None:
    """The creation rule of the last commit that claims a path: not that of the branch that is being
    merged."""
    found = RuleBook(lambda one: repository.read(f"HEAD:{one}")).claiming(path)
    return found.rule if found is not None else None


def is_sealed_conflict(versions: Versions) -> bool:
    """Whether any version is a sealed file."""
    sides = (versions.base or b"", versions.ours, versions.theirs)
    return any(are_sealed(versions.path, data) for data in sides)


def as_text(versions: Versions, size: int) -> tuple[bytes, int]:
    """The versions merged by git, as text. They are ciphertext, and lie in a private folder for a
    moment."""
    with scratch.folder() as folder:
        files = [Path(folder, name) for name in ("base", "ours", "theirs")]
        for file, data in zip(files, (versions.base or b"", versions.ours, versions.theirs), strict=True):
            file.write_bytes(data)
        base, ours, theirs = map(str, files)
        data, status = text_merge(base, ours, theirs, size)
    return (versions.ours, status) if status >= NOT_TEXT else (data, status)
