"""Many questions at once: in bounded numbers, in order, each once; a refusal of one path is an answer."""

from __future__ import annotations

import threading

import pytest

from sealward.vault.parallel import THREADS, answers, chunks
from sealward.vault.transport import VaultError

DENIED = VaultError("no", "ask", 403)
GONE = VaultError("unreachable", "is it there?")


def test_answers_come_in_order_each_question_once_and_a_refusal_is_one() -> None:
    asked, seen = [], []

    def ask(number: int) -> int:
        asked.append(number)
        if number == 7:
            raise DENIED
        return number * 2

    wanted = [*range(100), *range(50)]
    found = answers(ask, wanted, lambda done, total, what: seen.append((done, total, what)), "asking")
    assert list(found) == list(range(100))
    assert sorted(asked) == list(range(100))
    assert {**found, 7: 14} == {number: number * 2 for number in range(100)}
    assert found[7] is DENIED
    assert seen[-1] == (100, 100, "asking")


@pytest.mark.parametrize("count", [1, 2, 500])
def test_what_fails_as_such_ends_it(count: int) -> None:
    asked = []

    def ask(number: int) -> int:
        asked.append(number)
        raise GONE

    with pytest.raises(VaultError, match="unreachable"):
        answers(ask, range(count))
    assert len(asked) <= min(count, 4 * THREADS)


def test_a_bounded_number_is_under_way() -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def ask(number: int) -> int:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.001)
        with lock:
            now[0] -= 1
        return number

    answers(ask, range(200))
    assert 1 < most[0] <= THREADS


def test_chunks_hold_everything_in_order() -> None:
    paths = [str(number) for number in range(601)]
    parts = list(chunks(paths))
    assert [len(one) for one in parts] == [250, 250, 101]
    assert [one for part in parts for one in part] == paths
