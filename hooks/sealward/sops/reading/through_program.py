"""Files whose keys only the sops program can use (KMS, PGP, Vault transit, plugins): same result.

The program decrypts from a pipe into a pipe; its output is read as a document and laid beside the
sealed one, leaf by leaf. Where values do not open it says so, but not which.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from sealward.document import Document, parse
from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.sops.format.canonical import canonical
from sealward.sops.reading.decrypted import CannotDecrypt, Decrypted, Value

if TYPE_CHECKING:
    from sealward.document import Leaf

SECONDS = 120
"""How long a key service may take for one file."""

_NO_KEY, _REFUSED_VALUE, _REFUSED_MAC = 128, 25, 51
_SHOWN_AS = {"yaml": "yaml", "json": "json", "dotenv": "json", "ini": "json", "binary": "binary"}
"""The flat stores come back as JSON, so that no value is quoted or cut anew."""


def decrypt_with_program(document: Document) -> Decrypted:
    """Decrypt a sealed document with the program.

    Raises CannotDecrypt, which quotes no output of the program, and NoDataKey where no key service
    opens it.
    """
    status, output = _run(document)
    mac = "verified"
    if status == _REFUSED_MAC:
        mac = "mismatch"
        status, output = _run(document, "--ignore-mac")
    if status == _REFUSED_VALUE:
        return Decrypted((), (), "unknown")
    if status != 0:
        raise _failed(document, status)
    return Decrypted(tuple(_values(document, output)), (), mac)


def _run(document: Document, *options: str) -> tuple[int, bytes]:
    from sealward.sops import program

    types = ["--input-type", document.store, "--output-type", _SHOWN_AS[document.store]]
    words = [program.find(), "decrypt", *options, *types, "/dev/stdin"]
    try:
        done = subprocess.run(
            words, input=document.text.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=SECONDS, check=False, start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        hint = "is the key service reachable? `sops decrypt` by hand shows what it waits for"
        raise SealwardError(f"{document.path}: sops did not answer within {SECONDS} s", hint) from None
    return done.returncode, done.stdout


def _values(document: Document, output: bytes) -> list[Value]:
    sealed = [leaf for leaf in document.leaves if not leaf.text.endswith(",type:comment]")]
    if document.store == "binary":
        return [Value(leaf, "str", Plaintext(output), True) for leaf in sealed[:1]]
    shown = _SHOWN_AS[document.store]
    opened = list(parse(f"opened.{shown}", output, shown).leaves)
    if len(opened) != len(sealed):
        sealed, opened = _solid(sealed), _solid(opened)
    if len(opened) != len(sealed):
        raise CannotDecrypt(
            f"{document.path}: sops gave another number of values", "report this, with the file's keys"
        )
    return [_value(leaf, plain, shown) for leaf, plain in zip(sealed, opened, strict=True)]


def _solid(leaves: list[Leaf]) -> list[Leaf]:
    """Without containers, which empty out where they held nothing but comments."""
    return [leaf for leaf in leaves if leaf.kind != "empty"]


def _value(leaf: Leaf, plain: Leaf, store: str) -> Value:
    return Value(leaf, plain.kind, Plaintext(canonical(plain, store) or b""), leaf.text.startswith("ENC["))


def _failed(document: Document, status: int) -> SealwardError:
    from sealward.sops.format.metadata import Metadata
    from sealward.sops.reading.data_key import NoDataKey

    if status == _NO_KEY and document.metadata is not None:
        recipients = tuple(dict.fromkeys(key.name for key in Metadata(document.metadata).keys))
        hint = "log in to the key service of one of its recipients: " + ", ".join(recipients)
        return NoDataKey(f"{document.path}: no key at hand opens it", hint, recipients)
    return CannotDecrypt(
        f"{document.path}: sops refuses it (exit status {status})", "`sops decrypt` by hand says why"
    )
