"""Whose clock counts: the server's, unless one is handed in on purpose."""

from __future__ import annotations

import time

import pytest

from sealward.vault.connection import connect
from sealward.vault.server_clock import by_server
from tests.support.listener import listening


@pytest.mark.parametrize("days", [-400, -8, 0, 8, 400])
def test_the_servers_time_counts(days: int) -> None:
    """Also where it refuses everything else, and before anything else was asked."""
    with listening(ahead=days * 86400) as server:
        client = connect({"VAULT_ADDR": server.address, "VAULT_TOKEN": "t"})
        now = by_server(client, time.time)
        assert abs(now() - (time.time() + days * 86400)) < 5
        asked = len(server.asked)
        assert abs(now() - (time.time() + days * 86400)) < 5
        assert len(server.asked) == asked, "from there on nobody is asked"


def test_a_clock_that_is_handed_in_stays() -> None:
    client = connect({"VAULT_ADDR": "http://127.0.0.1:9", "VAULT_TOKEN": "t"})
    assert by_server(client, lambda: 7.0)() == 7.0


def test_without_a_server_the_systems_clock_is_all_there_is() -> None:
    client = connect({"VAULT_ADDR": "http://127.0.0.1:9", "VAULT_TOKEN": "t"})
    assert abs(by_server(client, time.time)() - time.time()) < 5
