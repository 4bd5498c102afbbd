"""What the data key shows, also where only the sops program can use the key, and says less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.checks.context import Context
from sealward.checks.integrity import judge
from sealward.document import parse
from sealward.sops.reading.decryption import decrypt
from sealward.sops.reading.identities import find
from sealward.sops.reading.through_program import decrypt_with_program
from tests.support.sealed_documents import mutate

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealward.document import Document
    from sealward.sops.reading.decrypted import Decrypted
    from tests.support.sops import Sealer


def by_program(document: Document) -> Decrypted:
    return decrypt_with_program(document, {"age"})


def natively(document: Document) -> Decrypted:
    return decrypt(document, find())


SWAP_THE_FIRST_TWO = (0, 1)
VALUES = "a: one\nb: two\n"
COMMENT = 'data:\n  - 1.5\n  - k: ""\n    # note\n    j: x\n'
"""The number and the comment are authenticated with the same path; only their types tell them apart."""


@pytest.mark.parametrize("opened_by", [natively, by_program])
@pytest.mark.parametrize("text", [VALUES, COMMENT], ids=["values", "comment"])
def test_what_trades_places_is_found(
    opened_by: Callable[[Document], Decrypted], text: str, sealer: Sealer
) -> None:
    data = sealer.seal("s.enc.yaml", text)
    whole, swapped = (parse("s.enc.yaml", one) for one in (data, mutate(data, *SWAP_THE_FIRST_TWO)))
    assert list(judge(whole, Context(opened=opened_by(whole)))) == []
    assert {one.rule for one in judge(swapped, Context(opened=opened_by(swapped)))} == {"value-tampered"}
