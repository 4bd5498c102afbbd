"""Finds, for unsealed files, the sealed ones that they are decryptions of, whatever their names.

It costs what it finds: a file is compared only where its folder holds sealed files. Where every tracked file
is judged, each sealed file asks for its copies, so that a folder without one costs nothing; where a few are,
each of them asks for its original, and those that the change takes away elsewhere are asked, too (a file that
was renamed and opened).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.claims.binding import NAMED, is_ordinary
from sealward.claims.copy_names import decrypted_original, is_named_for, leftover_originals, store_named
from sealward.document import parse
from sealward.sealed.marks import looks_sealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.claims.copies import Fingerprint, Originals
    from sealward.engine.beside import Beside
    from sealward.engine.sources import Source


class Copies:
    """The copies of one run; ``beside`` is what stands around its files, None where that is not known."""

    def __init__(self, beside: Beside | None) -> None:
        self._beside = beside
        self._originals: dict[str, Originals] = {}
        self._removed: Originals | None = None
        self._made: dict[str, dict[str, list[tuple[str, bytes]]]] = {}

    def original(self, source: Source) -> str:
        """The sealed file that a file is a copy of; empty where it is a copy of none, or where the sealed
        files ask for their copies."""
        path, data = source.path, source.data
        if self._beside is None or self._beside.whole or looks_sealed(data) or is_ordinary(path):
            return ""
        folder, _, name = path.rpartition("/")
        if store_named(name) == "binary" and not any(
            is_named_for(one, name) for one in self._beside.names(folder)
        ):
            return ""
        return self._of(folder).of(path, data) or self._elsewhere(source)

    def made_of(self, path: str) -> list[tuple[str, bytes]]:
        """The paths and bytes of the copies that stand beside a sealed file, where all files are judged."""
        if self._beside is None or not self._beside.whole:
            return []
        folder = path.rpartition("/")[0]
        if folder not in self._made:
            self._made = {folder: self._copies_in(folder, self._beside)}
        return self._made[folder].get(path, [])

    def _copies_in(self, folder: str, beside: Beside) -> dict[str, list[tuple[str, bytes]]]:
        """The copies in a folder, by their originals."""
        found: dict[str, list[tuple[str, bytes]]] = {}
        names = list(beside.names(folder))
        sealed: list[tuple[str, bytes]] = []
        unsealed: list[tuple[str, bytes]] = []
        marked = [name for name in names if NAMED.search(name)]
        for name in filter(_says_nothing, names):
            if not _may_matter(name) and not any(is_named_for(one, name) for one in marked):
                continue
            path = f"{folder}/{name}" if folder else name
            for data in beside.versions(path):
                if looks_sealed(data):
                    sealed.append((path, data))
                elif not is_ordinary(path):
                    unsealed.append((path, data))
        from sealward.claims.copies import Originals, may_have_copy, words_in

        words = {word for _, data in unsealed for word in words_in(data)}
        alike = [(path, data) for path, data in sealed if unsealed and may_have_copy(data, words)]
        originals = Originals([found for path, data in alike for found in _prints(path, [data])])
        for path, data in unsealed:
            original = originals.of(path, data)
            if original:
                found.setdefault(original, []).append((path, data))
        return found

    def _of(self, folder: str) -> Originals:
        assert self._beside is not None
        if folder not in self._originals:
            from sealward.claims.copies import Originals

            names = sorted(name for name in self._beside.names(folder) if _may_matter(name))
            paths = [f"{folder}/{name}" if folder else name for name in names]
            self._originals[folder] = Originals(self._read(paths))
        return self._originals[folder]

    def _elsewhere(self, source: Source) -> str:
        """The same for what the change takes away; only what is new can be that."""
        assert self._beside is not None
        if source.previous():
            return ""
        if self._removed is None:
            from sealward.claims.copies import Originals

            self._removed = Originals(self._read(filter(_may_matter, self._beside.removed())))
        return self._removed.of(source.path, source.data)

    def _read(self, paths: Iterable[str]) -> Iterator[Fingerprint]:
        assert self._beside is not None
        for path in paths:
            yield from _prints(path, self._beside.versions(path))


def _prints(path: str, versions: Iterable[bytes]) -> Iterator[Fingerprint]:
    from sealward.claims.copies import fingerprint

    for data in versions:
        found = fingerprint(parse(path, data)) if looks_sealed(data) else None
        if found is not None:
            yield found


def _says_nothing(name: str) -> bool:
    """Whether a name does not say by itself that the file is a copy."""
    return decrypted_original(name) is None and not leftover_originals(name)


def _may_matter(path: str) -> bool:
    return store_named(path.rpartition("/")[2]) != "binary" or NAMED.search(path) is not None
