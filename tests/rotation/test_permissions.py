"""What the token may write is asked in one request, and where nobody may ask, the write itself will say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.rotation.permissions import Permissions

if TYPE_CHECKING:
    from tests.support.openbao import Bao

ASK = 'path "sys/capabilities-self" { capabilities = ["update"] }\n'
WRITE = (
    'path "%s/data/one" { capabilities = ["patch"] }\npath "%s/metadata/one" { capabilities = ["update"] }\n'
)


def test_each_secret_of_a_run(bao: Bao) -> None:
    client = bao.login(bao.token(ASK + WRITE % (bao.mount, bao.mount)))
    held = Permissions(client, [(bao.mount, "one"), (bao.mount, "two")])
    held.check(bao.mount, "one")
    with pytest.raises(SealwardError, match=f"the token may not write {bao.mount}/data/two"):
        held.check(bao.mount, "two")


def test_root_may_everything(bao: Bao) -> None:
    Permissions(bao.client, [(bao.mount, "one")]).check(bao.mount, "one")


def test_a_token_that_may_not_ask_is_not_held_up(bao: Bao) -> None:
    client = bao.login(bao.token(WRITE % (bao.mount, bao.mount)))
    Permissions(client, [(bao.mount, "two")]).check(bao.mount, "two")


def test_a_wrong_token_is_an_error(bao: Bao) -> None:
    with pytest.raises(SealwardError, match="missing, wrong or expired"):
        Permissions(bao.login("wrong"), [(bao.mount, "one")]).check(bao.mount, "one")
