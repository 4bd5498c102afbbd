"""Files whose keys only the sops program can use (KMS, PGP, Vault transit, plugins): same result.

The program decrypts from a pipe into a pipe; its output is read as a document and laid beside the
sealed one, leaf by leaf. Where values do not open it says so, but not which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.document import Document, parse
from sealward.plaintext import Plaintext
from sealward.sops.format.canonical import canonical
from sealward.sops.program import Status, opened
from sealward.sops.reading.decrypted import CannotDecrypt, Decrypted, Mac, Value

if TYPE_CHECKING:
    from collections.abc import Collection

    from sealward.document import Leaf, Store
    from sealward.errors import SealwardError
    from sealward.sops.program import Ended

_SHOWN_AS: dict[Store, Store] = {
    "yaml": "yaml", "json": "json", "dotenv": "json", "ini": "json", "binary": "binary"
}  # fmt: skip
"""The flat stores come back as JSON, so that no value is quoted or cut again."""


def decrypt_with_program(document: Document, kinds: Collection[str]) -> Decrypted:
    """Decrypt a sealed document with the program, which may use the key ``kinds``.

    Raises CannotDecrypt, which quotes no output of the program, and NoDataKey where no key service
    opens it.
    """
    ended, mac = _run(document, kinds), Mac.VERIFIED
    if ended.status == Status.REFUSED_MAC:
        ended, mac = _run(document, kinds, "--ignore-mac"), Mac.MISMATCH
    if ended.status == Status.REFUSED_VALUE:
        return Decrypted((), (), Mac.UNKNOWN)
    if ended.status != Status.DONE:
        raise _failed(document, ended.status)
    return Decrypted(tuple(_values(document, ended.output)), (), mac)


def _run(document: Document, kinds: Collection[str], *options: str) -> Ended:
    types = ["--input-type", document.store, "--output-type", _SHOWN_AS[document.store]]
    return opened(document.path, document.text.encode(), [*options, *types], kinds)


def _values(document: Document, output: bytes) -> list[Value]:
    sealed = [leaf for leaf in document.leaves if not leaf.text.endswith(",type:comment]")]
    if document.store == "binary":
        return [Value(leaf, "str", Plaintext(output), True) for leaf in sealed[:1]]
    shown = _SHOWN_AS[document.store]
    plain = list(parse(f"opened.{shown}", output, shown).leaves)
    if len(plain) != len(sealed):
        sealed, plain = _solid(sealed), _solid(plain)
    if len(plain) != len(sealed):
        raise CannotDecrypt(
            f"{document.path}: sops gave another number of values", "report this, with the file's keys"
        )
    return [_value(leaf, one, shown) for leaf, one in zip(sealed, plain, strict=True)]


def _solid(leaves: list[Leaf]) -> list[Leaf]:
    """Without containers, which empty out where they held nothing but comments."""
    return [leaf for leaf in leaves if leaf.kind != "empty"]


def _value(leaf: Leaf, plain: Leaf, store: Store) -> Value:
    return Value(leaf, plain.kind, Plaintext(canonical(plain, store) or b""), leaf.text.startswith("ENC["))


def _failed(document: Document, status: int) -> SealwardError:
    from sealward.sops.format.metadata import Metadata
    from sealward.sops.format.recipients import whole
    from sealward.sops.reading.data_key import NoDataKey

    if status == Status.NO_KEY and document.metadata is not None:
        recipients = tuple(dict.fromkeys(whole(key.name) for key in Metadata(document.metadata).keys))
        hint = "log in to the key service of one of its recipients: " + ", ".join(recipients)
        return NoDataKey(f"{document.path}: no key at hand opens it", hint, recipients)
    return CannotDecrypt(
        f"{document.path}: sops refuses it (exit status {status})", "`sops decrypt` by hand says why"
    )
