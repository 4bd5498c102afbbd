"""What was opened: failures are values that say why, and sops accepts what its MAC verifies."""

from __future__ import annotations

import pytest

from sealward.document import parse
from sealward.plaintext import Plaintext
from sealward.sops.reading.decrypted import Decrypted, Mac, Value
from sealward.sops.reading.opening import Refusal

LEAF = parse("a.yaml", b"a: b\n").leaves[0]
GOOD = Value(LEAF, "str", Plaintext(b"b"), True)
BAD = Value(LEAF, "str", None, True, Refusal.AUTHENTICATION)


@pytest.mark.parametrize("mac", Mac)
def test_only_a_verified_mac_is_accepted(mac: Mac) -> None:
    assert Decrypted((GOOD,), (), mac).accepted == (mac is Mac.VERIFIED)


def test_failures_are_the_values_that_were_refused() -> None:
    assert Decrypted((GOOD, BAD), (), Mac.UNKNOWN).failures == [BAD]
    assert Decrypted((GOOD,), (), Mac.VERIFIED).failures == []
