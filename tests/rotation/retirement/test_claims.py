"""Two runs at the same time: one of them revokes, whatever the order of their requests."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING

from sealward.rotation.retirement.claims import CLAIM, Claim
from sealward.vault.client import Metadata

if TYPE_CHECKING:
    from tests.support.openbao import Bao


def test_one_at_a_time(bao: Bao) -> None:
    bao.put("bot", key="value")
    first, second = (Claim(bao.client, bao.mount, "bot", 10) for _ in range(2))
    assert first.taken(0.0)
    assert not second.taken(0.0)
    assert list(bao.client.metadata(bao.mount, "bot").custom) == [first.name]
    first.give_back()
    assert second.taken(0.0)
    second.give_back()
    assert bao.client.metadata(bao.mount, "bot").custom == {}


def test_a_claim_of_a_run_that_was_killed_is_void_after_a_while(bao: Bao) -> None:
    bao.put("bot", key="value")
    assert Claim(bao.client, bao.mount, "bot", 10).taken(0.0)
    other = Claim(bao.client, bao.mount, "bot", 10)
    assert not other.taken(309.0)
    assert other.taken(311.0)
    assert list(bao.client.metadata(bao.mount, "bot").custom) == [other.name]


class Turns:
    """One secret's entries, and two runs whose requests come in an order that is given, and then in turn."""

    def __init__(self, order: tuple[int, ...]) -> None:
        self.custom: dict[str, str] = {}
        self.taken: list[int] = []
        self._order = iter(order)
        self._alive = {0, 1}
        self._next = next(self._order)
        self._condition = threading.Condition()

    def request(self, run: int, changes: dict[str, str | None]) -> dict[str, str]:
        with self._condition:
            self._condition.wait_for(lambda: self._next == run or len(self._alive) == 1)
            merged = {**self.custom, **changes}
            self.custom = {name: text for name, text in merged.items() if text is not None}
            self._next = next(self._order, 1 - run)
            self._condition.notify_all()
            return self.custom

    def run(self, which: int) -> None:
        if Claim(Stub(self, which), "m", "p", 1).taken(0.0):  # type: ignore[arg-type] # its requests in our order
            self.taken.append(which)
        with self._condition:
            self._alive.discard(which)
            self._condition.notify_all()

    def both(self) -> int:
        """How many of the two take the claim."""
        threads = [threading.Thread(target=self.run, args=(one,)) for one in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert any(name.startswith(CLAIM) for name in self.custom) == bool(self.taken)
        return len(self.taken)


class Stub:
    def __init__(self, turns: Turns, run: int) -> None:
        self.turns, self.run = turns, run

    def metadata_now(self, mount: str, path: str) -> Metadata:
        return Metadata(1, 1, 0, {}, self.turns.request(self.run, {}))

    def annotate(self, mount: str, path: str, custom: dict[str, str | None]) -> None:
        self.turns.request(self.run, custom)


def test_in_every_order_of_requests_at_most_one_goes_ahead() -> None:
    orders = list(itertools.product((0, 1), repeat=8))
    found = [Turns(order).both() for order in orders]
    assert max(found) == 1
    assert sum(found) > len(orders) / 2, "rarely both step back"
