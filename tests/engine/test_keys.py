"""Opening files unasked: with age identities of this machine, never through a key service or an agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.document import parse
from sealward.engine.keys import Keys
from sealward.errors import SealwardError
from sealward.sops.reading import through_program
from sealward.sops.reading.decrypted import Decrypted

if TYPE_CHECKING:
    from tests.support.sops import Sealer

PGP = """\
a: ENC[AES256_GCM,data:AAAA,iv:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,tag:AAAAAAAAAAAAAAAAAAAAAA==,type:str]
sops:
    pgp:
        - created_at: "2026-01-01T00:00:00Z"
          enc: none
          fp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4
    lastmodified: "2026-01-01T00:00:00Z"
    mac: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]
    version: 3.11.0
"""


@pytest.mark.parametrize("required", [False, True])
def test_an_identity_of_this_machine_opens(sealer: Sealer, required: bool) -> None:
    found = Keys(required).opened(parse("s.enc.yaml", sealer.seal("s.enc.yaml", "a: b\n")))
    assert isinstance(found, Decrypted)
    assert found.accepted


@pytest.mark.usefixtures("sealer")
@pytest.mark.parametrize("required", [False, True])
def test_the_program_is_asked_only_where_keys_are_required(
    required: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def ask(document: object, kinds: object) -> object:
        asked.append(document)
        raise SealwardError("no key", "")

    monkeypatch.setattr(through_program, "decrypt_with_program", ask)
    assert isinstance(Keys(required).opened(parse("s.enc.yaml", PGP.encode())), SealwardError)
    assert bool(asked) == required


def test_without_any_identity_one_line_says_so(sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
    data = sealer.seal("s.enc.yaml", "a: b\n")
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    found = Keys(False).opened(parse("s.enc.yaml", data))
    assert isinstance(found, SealwardError)
    assert found.message == "s.enc.yaml: there is no age identity"
