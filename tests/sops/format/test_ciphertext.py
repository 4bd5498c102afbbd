"""The grammar of an encrypted value: what is one, what is wrong with one, and how sops cuts it."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from sealward.sops.format import ciphertext
from sealward.sops.format.ciphertext import fields

_GO = re.compile(r"ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]")
"""sops's own pattern, which backtracks in Python: the short texts of this test are no matter."""
_PIECES = ("ENC[AES256_GCM,data:", ",iv:", ",tag:", ",type:", "]", "a", ",", "\n", "é", "iv:", "str", "ENC[")


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=16), st.booleans())
def test_fields_are_cut_as_sops_cuts_them(pieces: list[str], begins: bool) -> None:
    text = (_PIECES[0] if begins else "") + "".join(pieces)
    match = _GO.match(text)
    assert fields(text) == (match.groups() if match else None)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=16))
def test_a_lacking_field_is_told_as_the_grammar_says(pieces: list[str]) -> None:
    text = _PIECES[0] + "".join(pieces) + "]"
    loose = re.compile(r"ENC\[AES256_GCM,data:.+,iv:.+,tag:.+,type:[^\]]*\]", re.DOTALL)
    if ciphertext.parse(text) is None:
        assert (ciphertext.defect(text) == "lacks one of the fields data, iv, tag and type") is (
            loose.fullmatch(text) is None
        )
