"""What a file that cannot be opened might refer to: by how long its values are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.document import parse
from sealward.errors import SealwardError
from sealward.sealed.unopened import Unopened

if TYPE_CHECKING:
    from tests.support.sops import Sealer

ERROR = SealwardError("no key", "find one")


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("x: vault:secret/data/a/b#k#1", True),
        ("x: ref+vault://secret/a/b#/k", True),
        ("x: ten chars.", True),
        ("x: secret/a", False),
        ("x: 12", False),
        ("plain_unencrypted: of secret a/b", True),
        ("plain_unencrypted: some other text, which is long", False),
    ],
)
def test_by_the_length_of_its_values(sealer: Sealer, text: str, may: bool) -> None:
    document = parse("a.enc.yaml", sealer.seal("a.enc.yaml", text + "\n"))
    assert Unopened("a.enc.yaml", document, ERROR).may_refer("secret", "a/b") is may


@pytest.mark.parametrize(
    ("files", "may"), [((), True), (("a.*#x",), True), (("b.enc.yaml",), False), (("*/a.enc.yaml",), False)]
)
def test_by_the_policys_word(files: tuple[str, ...], may: bool) -> None:
    """Nobody could read the file: all is possible, but for what a policy rules out."""
    one = Unopened("a.enc.yaml", None, ERROR)
    assert one.may_refer("secret", "a/b", files) is may
    assert not one.is_for_others
