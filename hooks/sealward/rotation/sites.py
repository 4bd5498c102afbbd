"""Where the sealed files of a repository refer to Vault: found by opening them in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sealward import config
from sealward.document import parse
from sealward.errors import SealwardError
from sealward.sops.decryption import decrypt
from sealward.vault.reference import Reference, find_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.document import Document, Leaf
    from sealward.repository import Repository
    from sealward.sops.decrypted import Decrypted
    from sealward.sops.identities import Identities
    from sealward.sops.secret import Plaintext


class Site(NamedTuple):
    """One reference at one place: the leaf, its whole decrypted text, and the reference in it."""

    leaf: Leaf
    text: Plaintext
    reference: Reference


class Sealed(NamedTuple):
    """A sealed file, opened: its path from the repository's top, its bytes, and its references."""

    path: str
    file: Path
    data: bytes
    document: Document
    opened: Decrypted
    sites: tuple[Site, ...]

    def refers_to(self, mount: str, path: str) -> list[Site]:
        """The sites of one secret."""
        return [site for site in self.sites if (site.reference.mount, site.reference.path) == (mount, path)]


def sealed_files(
    repository: Repository, identities: Identities, only: Iterable[str] = ()
) -> Iterator[Sealed]:
    """Open every tracked sealed file that is not exempt, or just those named (from the current folder).

    Raises SealwardError for a file that cannot be opened, or that sops itself would refuse: it might
    refer to the secret in question, and a pin would be forgotten.
    """
    wanted = [f"{repository.prefix}{path}" for path in only] or repository.tracked()
    settings = _settings(repository)
    for path in wanted:
        if settings.skips(path) and not only:
            continue
        file = Path(repository.top, path)
        try:
            data = file.read_bytes()
        except OSError as error:
            if only:
                raise SealwardError(f"{path}: {error.strerror}", "name a sealed file") from None
            continue
        if b"ENC[AES256_GCM," in data and b"sops" in data:
            yield from _opened(path, file, data, identities, named=bool(only))
        elif only:
            raise SealwardError(f"{path} is not sealed", f"seal it: `sops encrypt --in-place {path}`")


def _settings(repository: Repository) -> config.Settings:
    file = Path(repository.top, config.FILE_NAME)
    return config.load(config.FILE_NAME, file.read_bytes()) if file.is_file() else config.DEFAULT


def open_sealed(path: str, file: Path, data: bytes, identities: Identities) -> Sealed:
    """Open one sealed file. Raises SealwardError where sops would not decrypt it, or no key does."""
    document = parse(path, data)
    opened = decrypt(document, identities)
    if not opened.accepted:
        hint = f"`sealward check {path}` says more; restore the last good version"
        raise SealwardError(f"{path}: its MAC or a value is not authentic", hint)
    return Sealed(path, file, data, document, opened, tuple(_sites(opened)))


def reopened(before: Sealed, data: bytes, identities: Identities) -> Sealed:
    """A copy of a file that sops wrote, opened. Raises SealwardError as ``unlike`` does."""
    try:
        return open_sealed(before.path, before.file, data, identities)
    except SealwardError:
        raise unlike(before) from None


def unlike(before: Sealed) -> SealwardError:
    """The error for a copy that does not read back as it was meant."""
    return SealwardError(
        f"{before.path}: the copy that sops wrote does not read back as it should",
        "nothing was changed; report this with the versions of sops and Sealward",
    )


def _opened(path: str, file: Path, data: bytes, identities: Identities, named: bool) -> Iterator[Sealed]:
    """A file that merely quotes a sealed one (documentation, a test's table) is passed over."""
    if not named and parse(path, data).metadata is None:
        return
    yield open_sealed(path, file, data, identities)


def _sites(opened: Decrypted) -> Iterator[Site]:
    for value in opened.values:
        if value.plaintext is not None and value.kind == "str":
            for reference in find_all(value.plaintext.text()):
                yield Site(value.leaf, value.plaintext, reference)
