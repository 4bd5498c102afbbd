"""The calls of hvac go through our transport: its refusals, and its patience or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.vault import api
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from tests.support.openbao import Bao


def test_hvac_reads_and_writes_through_the_transport(bao: Bao) -> None:
    bao.put("bot", k="v")
    kv = api.patient(bao.client.transport).secrets.kv.v2
    assert kv.read_secret_version("bot", mount_point=bao.mount)["data"]["data"] == {"k": "v"}


def test_a_refusal_is_ours_and_not_one_of_hvac(bao: Bao) -> None:
    kv = api.once(bao.client.transport).secrets.kv.v2
    with pytest.raises(VaultError) as caught:
        kv.read_secret_metadata("absent", mount_point=bao.mount)
    assert caught.value.status == 404


def test_what_is_sent_once_is_not_sent_again(bao: Bao) -> None:
    sent: list[str] = []

    def fails(method: str, path: str, **_: object) -> dict[str, object]:
        sent.append(path)
        error = VaultError("gone", "see", 503)
        error.transient = True
        raise error

    transport = bao.client.transport
    transport._send = fails  # type: ignore[method-assign]
    transport.sleep, transport.now = (lambda _: None), map(float, range(100)).__next__
    transport.answered = True
    counts = []
    for client in (api.once(transport), api.patient(transport)):
        sent.clear()
        with pytest.raises(VaultError):
            client.secrets.kv.v2.read_secret_metadata("x", mount_point="kv")
        counts.append(len(sent))
    assert counts[0] == 1
    assert counts[1] > 1
