"""Old values that a sealed file holds as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.rotation.copies import Copy, of_old_values
from sealward.rotation.history import History
from sealward.sealed.files import open_sealed
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.sops import Sealer


@pytest.mark.parametrize(
    ("old", "text", "found"),
    [
        ("0123456789abcdef", "0123456789abcdef", True),
        ("0123456789abcdef", "https://u:0123456789abcdef@h", True),
        ("pass-word", "pass-word", True),
        ("pass-word", "my-pass-word-file", False),
        ("kept", "kept", False),
        ("0123456789abcdef", "0123456789abcde", False),
    ],
)
def test_copies(sealer: Sealer, bao: Bao, tmp_path: Path, old: str, text: str, found: bool) -> None:
    """A short value may be there by chance: inside of another it says nothing, and very short ones never."""
    bao.put("s", k=old)
    known = History(bao.client, bao.mount, "s", bao.client.metadata(bao.mount, "s"))
    data = sealer.seal("l.enc.yaml", f"a:\n    b: {text}\n")
    sealed = [open_sealed("l.enc.yaml", tmp_path / "l.enc.yaml", data, find())]
    assert list(of_old_values(known, [1], ["k"], sealed)) == (
        [Copy("l.enc.yaml", "a.b", "k")] if found else []
    )
