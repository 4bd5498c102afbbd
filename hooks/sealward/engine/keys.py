"""Looking inside: opens sealed documents in memory where a private key is at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from sealward.document import Document
    from sealward.sops.reading.decrypted import Decrypted
    from sealward.sops.reading.identities import Identities


class Keys:
    """The private keys of this machine, looked for when the first sealed file comes along.

    Unless keys are ``required``, only age identities are used, in this process: a commit must not make
    a key service, an agent or a smart card ask for something.
    """

    def __init__(self, required: bool) -> None:
        self.required = required
        self._identities: Identities | None = None

    def opened(self, document: Document) -> Decrypted | SealwardError:
        """What is inside a document, or why it cannot be opened."""
        if self._identities is None:
            self._identities = self._find()
        if not self.required and not self._identities.native:
            hint = "set SOPS_AGE_KEY_FILE to an identity that opens the file"
            return SealwardError(f"{document.path}: there is no age identity", hint)
        from sealward.sops.reading.decryption import decrypt

        try:
            return decrypt(document, self._identities)
        except SealwardError as error:
            return error

    def _find(self) -> Identities:
        from sealward.sops.reading.identities import find

        found = find(services=self.required)
        if found:
            from sealward.plaintext import forbid_core_dumps

            forbid_core_dumps()
        return found
