"""A conflict is shown by references and types; a value is never shown."""

from __future__ import annotations

from sealward.document import parse
from sealward.merging.layout import body_of
from sealward.merging.showing import ABSENT, shown
from sealward.merging.side import Tokens, plain

TEXT = "a: vault:secret/data/bot#key#7\nb: hunter2-canary\nc: 1234567\nd:\n    e: x\nf:\n    - x\n"


def test_no_value_is_shown() -> None:
    body = body_of(plain("ours", parse("x.yaml", TEXT.encode()), Tokens()))
    words = [shown(one) for one in body.roots[0].children]
    assert words == ["vault:secret/data/bot#key#7", "(str)", "(int)", "(a mapping)", "(a list)"]
    assert shown(None) == ABSENT
